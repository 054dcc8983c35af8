import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { type CommandResult, createExec } from "@pibuild/core";
import type { Job, Step, Workflow } from "./workflow-files.ts";

/** A step of a workflow as a runner starts it. */
export interface RunStep {
  /** Such as `ci.yml check: Lint`. */
  readonly name: string;
  readonly command: string;
}

/** The commands of a workflow, job by job, with the rows of each job's matrix that are asked for. */
export function commandsOf(
  { file, jobs }: Workflow,
  rowsOf: (job: string, rows: readonly Row[]) => readonly Row[],
): RunStep[] {
  return Object.entries(jobs).flatMap(([id, job]) =>
    rowsOf(id, matrixRows(job)).flatMap((row) =>
      job.steps.flatMap((step) => commandOf(step, row, `${file.split("/").at(-1)} ${id}`)),
    ),
  );
}

export type Row = Readonly<Record<string, string>>;

/** Every combination of a matrix; one empty row where there is none. */
function matrixRows({ strategy }: Job): Row[] {
  const { include = [], ...lists } = strategy?.matrix ?? {};
  if (include.length > 0) return include as Row[];
  return Object.entries(lists).reduce<Row[]>(
    (rows, [key, values]) =>
      rows.flatMap((row) => values.map((value) => ({ ...row, [key]: String(value) }))),
    [{}],
  );
}

function commandOf({ run, name = "" }: Step, row: Row, job: string): RunStep[] {
  if (run === undefined) return [];
  const command = run.replace(/\$\{\{ *matrix\.(\w+) *\}\}/g, (_all, key) => row[key] ?? "");
  return [{ name: `${job}: ${name}`, command }];
}

/** What a runner of GitHub's has in its environment, as far as scripts read it. */
export function runnerEnvironment(clone: string): Readonly<Record<string, string>> {
  const files = (name: string) => join(clone, "..", name);
  return {
    ...{ CI: "true", GITHUB_ACTIONS: "true", RUNNER_OS: "Linux" },
    ...{ GITHUB_WORKSPACE: clone, GITHUB_REPOSITORY: "me/own", GITHUB_REF_NAME: "v0.2.0-rc1" },
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_STEP_SUMMARY: files("summary"),
    GITHUB_OUTPUT: files("output"),
  };
}

/** Runs a command as a step with `shell: bash` is run. Programs in `bin` beside the clone go before others. */
export async function runCommand(
  clone: string,
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const file = join(clone, "..", "step.sh");
  await writeFile(file, command);
  const PATH = [join(clone, "..", "bin"), process.env.PATH].join(delimiter);
  return createExec().run({
    program: "bash",
    args: ["--noprofile", "--norc", "-eo", "pipefail", file],
    cwd: clone,
    env: { ...env, ...runnerEnvironment(clone), PATH },
    allowExit: Array.from({ length: 256 }, (_, code) => code),
  });
}

/** Writes files; programs and scripts become executable. */
export async function writeFiles(directory: string, files: Readonly<Record<string, string>>) {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
    if (/^bin\/|\.sh$/.test(name)) await chmod(join(directory, name), 0o755);
  }
}
