import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type CommandResult, createExec, removeTree } from "@pibuild/core";
import { repository } from "./workflow-files.ts";

/** A directory as a job has it, with programs of its own before the machine's. */
export interface CiRig extends AsyncDisposable {
  readonly path: string;
  /** Writes files; those in `bin/` are programs. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** Runs a script of tools/ci. */
  run(script: string, args?: readonly string[], env?: Env): Promise<CommandResult>;
}

type Env = Readonly<Record<string, string>>;

export async function createCiRig(): Promise<CiRig> {
  const path = await mkdtemp(join(tmpdir(), "pibuild ci-"));
  return {
    path,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), content);
        if (name.startsWith("bin/")) await chmod(join(path, name), 0o755);
      }
    },
    run: (script, args = [], env = {}) =>
      createExec().run({
        program: { path: join(repository, "tools/ci", script) },
        args,
        cwd: path,
        env: { PATH: [join(path, "bin"), process.env.PATH].join(delimiter), ...env },
        allowExit: Array.from({ length: 256 }, (_, code) => code),
      }),
    [Symbol.asyncDispose]: () => removeTree(path),
  };
}
