import type { Exec } from "@pibuild/core";
import type { StageText } from "@pibuild/pigen-stages";
import type { LintedStage } from "../checks/check.ts";
import type { Finding } from "../finding.ts";
import { excludedCodes, leastSeverity } from "./excluded.ts";

/** One comment of `shellcheck --format=json1`, as far as it is used. */
interface Comment {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly level: "error" | "warning" | "info" | "style";
  readonly code: number;
  readonly message: string;
}

/**
 * What shellcheck has to say about the scripts of stages. The functions that pi-gen exports need
 * no mention: to shellcheck a command that it does not know is a program.
 */
export async function runShellcheck(
  exec: Exec,
  stages: readonly LintedStage[],
): Promise<Finding[]> {
  const stageOf = new Map<string, string>();
  const scripts: StageText[] = [];
  for (const { stage, texts } of stages) {
    for (const text of texts.filter(({ shell }) => shell !== undefined)) {
      stageOf.set(text.path, stage.path);
      scripts.push(text);
    }
  }
  const groups = Object.groupBy(scripts, groupOf);
  const comments = await Promise.all([
    read(exec, groups.declared, ["everywhere"]),
    read(exec, groups.bare, ["everywhere"], "--shell=bash"),
    read(exec, groups.chroot, ["everywhere", "run-chroot"], "--shell=bash"),
  ]);
  return comments.flat().map(({ file, line, column, level, code, message }) => {
    const severity = level === "error" ? "error" : "warning";
    const data = { number: code, level: severity, text: message.replace(/\.$/, "") } as const;
    return { code: "SHELLCHECK", file, line, column, stage: stageOf.get(file) ?? "", data };
  });
}

/** Only what has a `#!` line tells its shell by itself. */
function groupOf({ kind, text }: StageText): "declared" | "bare" | "chroot" {
  if (kind === "run-chroot") return "chroot";
  return text.startsWith("#!") ? "declared" : "bare";
}

async function read(
  exec: Exec,
  scripts: readonly StageText[] = [],
  where: readonly string[],
  ...options: readonly string[]
): Promise<readonly Comment[]> {
  if (scripts.length === 0) return [];
  const excluded = excludedCodes.filter((row) => where.includes(row.where));
  const { stdout } = await exec.run({
    program: "shellcheck",
    args: [
      "--format=json1",
      `--severity=${leastSeverity}`,
      `--exclude=${excluded.map(({ number }) => `SC${number}`).join(",")}`,
      // Where a script sources a file beside it, its variables are known.
      ...["--external-sources", "--source-path=SCRIPTDIR"],
      ...options,
      ...scripts.map(({ path }) => path),
    ],
    // 1: there are comments.
    allowExit: [1],
  });
  return (JSON.parse(stdout) as { comments: readonly Comment[] }).comments;
}
