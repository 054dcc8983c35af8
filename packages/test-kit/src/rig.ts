import { chmod, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, removeTree } from "@pibuild/core";

/** How a run of the command line ended. */
export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A workspace of its own, in a path with a space, with its own store and package cache. */
export interface Rig extends AsyncDisposable {
  readonly path: string;
  readonly store: string;
  /** Writes files; names that end with `.sh` become executable. `{ link: target }` makes a symlink. */
  write(files: Readonly<Record<string, string | { readonly link: string }>>): Promise<void>;
  /** Runs the built command line in the workspace, as a user's shell would. */
  pibuild(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliResult>;
}

const cli = fileURLToPath(new URL("../../../apps/cli/bin/pibuild.mjs", import.meta.url));

/** Makes a rig; dispose it with `await using`. */
export async function createRig(): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild rig-"));
  const path = join(directory, "workspace");
  const store = join(directory, "store");
  await mkdir(join(path, "apps"), { recursive: true });
  return {
    path,
    store,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        const target = join(path, name);
        await mkdir(dirname(target), { recursive: true });
        if (typeof content !== "string") await symlink(content.link, target);
        else {
          await writeFile(target, content);
          if (name.endsWith(".sh")) await chmod(target, 0o755);
        }
      }
    },
    async pibuild(args, env = {}) {
      const { exitCode, stdout, stderr } = await createExec().run({
        program: "node",
        args: [cli, ...args],
        cwd: path,
        env: {
          PIBUILD_STORE: store,
          PIBUILD_CACHE: join(directory, "cache"),
          NO_COLOR: "1",
          ...env,
        },
        allowExit: Array.from({ length: 256 }, (_, code) => code),
      });
      return { exitCode, stdout, stderr };
    },
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}
