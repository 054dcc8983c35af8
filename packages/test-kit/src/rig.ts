import { cp, mkdir, mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, createExec, removeTree } from "@pibuild/core";
import { type Tree, writeTree } from "./write-tree.ts";

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
  /** What a command line that works on the rig has in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes files; names that end with `.sh` become executable. `{ link: target }` makes a symlink. */
  write(files: Tree): Promise<void>;
  /** Runs the built command line in the workspace, as a user's shell would. */
  pibuild(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    options?: { readonly input?: string },
  ): Promise<CliResult>;
  /** Starts it and does not wait, for tests that send it a signal. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): StartedCli;
}

/** A command line that runs. */
export interface StartedCli {
  readonly done: Promise<CliResult>;
  /** Sends a signal to the process that a shell would know, and to no other. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

const cli = fileURLToPath(new URL("../../../apps/cli/bin/pibuild.mjs", import.meta.url));

/** Makes a rig; dispose it with `await using`. */
export async function createRig(): Promise<Rig> {
  const directory = await mkdtemp("/var/tmp/pibuild rig-");
  const path = join(directory, "workspace");
  const store = join(directory, "store");
  await mkdir(join(path, "apps"), { recursive: true });
  const { PIBUILD_TEST_TWIN: twin } = process.env;
  if (twin !== undefined) await cp(twin, store, { recursive: true, preserveTimestamps: true });
  let started = 0;
  const env = {
    PIBUILD_STORE: store,
    PIBUILD_CACHE: join(directory, "cache"),
    NO_COLOR: "1",
    // Trees of rigs hold the host's own programs, unless a test brings another, and its twin.
    PIBUILD_TWIN: process.env.PIBUILD_TEST_TWIN === undefined ? "0" : "private",
  };
  const run = async (command: Command): Promise<CliResult> => {
    const { exitCode, stdout, stderr } = await createExec().run({
      ...command,
      cwd: path,
      env: {
        ...env,
        ...command.env,
      },
      allowExit: Array.from({ length: 256 }, (_, code) => code),
    });
    return { exitCode, stdout, stderr };
  };
  return {
    path,
    store,
    env,
    write: (files) => writeTree(path, files),
    async pibuild(args, env = {}, { input } = {}) {
      return run({
        program: "node",
        args: [cli, ...args],
        env,
        ...(input === undefined ? {} : { input }),
      });
    },
    start(args, env = {}) {
      const pidFile = join(directory, `pid-${started++}`);
      const script = 'echo $$ >"$1"; shift; exec node "$@"';
      return {
        done: run({
          program: "bash",
          args: ["-c", script, "bash", pidFile, cli, ...args],
          env,
        }),
        async kill(signal) {
          process.kill(Number(await readFile(pidFile, "utf8")), signal);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}
