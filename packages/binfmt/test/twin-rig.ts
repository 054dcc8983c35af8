import { chmod, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createExec, findProgram, removeTree } from "@pibuild/core";
import { embedQemu, nativePrograms, registration, standIns, twinMount } from "../src/index.ts";
import { exitProgram } from "./elf-programs.ts";

const exec = createExec();
/** The build id of the program that the rig's twin knows. */
export const knownId = "0123456789abcdef0123456789abcdef01234567";
/** What programs of the rig end with, by who ran them. */
export const emulated = 42;
export const native = 7;

export interface TwinRunOptions {
  readonly way?: "private" | "shared";
  /** Registered as in the place of a handler that gives programs the rights of their files. */
  readonly credentials?: boolean;
  readonly env?: Record<string, string>;
  /** Starts it from a shell that dies alone, as a build does that is killed, and prints its number. */
  readonly caller?: boolean;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/** Starts a program as the command line does, and waits for it. */
const asCaller = 'echo "caller $$"; setpriv --pdeathsig KILL "$@" & wait';

/** A twin with one program, and a tree to enter. Mounts stay in this process's namespace. */
export interface TwinRig extends AsyncDisposable {
  /** The tree; empty but for `/known` and `/unknown`, two arm64 programs. */
  readonly root: string;
  /** Runs a script of the host's bash under `twin private` or `twin shared`; gives its result. */
  run(
    script: string,
    options?: TwinRunOptions,
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  write(path: string, content: Buffer | string): Promise<void>;
}

export async function createTwinRig(): Promise<TwinRig> {
  const programs = nativePrograms();
  if (programs === undefined) throw new Error("the native programs are not built");
  const directory = await mkdtemp(join(tmpdir(), "pibuild-twin-"));
  const root = join(directory, "root");
  const qemu = await readFile(findProgram("qemu-aarch64-static") ?? "");
  await mkdir(dirname(twinMount), { recursive: true });
  await mount(["-t", "tmpfs", "tmpfs", dirname(twinMount)]);
  const tree = join(twinMount, "tree");
  const composed = join(directory, "twin");
  await mkdir(join(composed, "run/always"), { recursive: true });
  await mkdir(tree, { recursive: true });
  await executable(join(composed, "known"), exitProgram("amd64", native));
  await executable(join(composed, "qemu"), qemu);
  await symlink("../../known", join(composed, "run/always", knownId));
  const blob = join(directory, "twin.squashfs");
  await exec.run({ program: "mksquashfs", args: [composed, blob, "-quiet", "-no-progress"] });
  await mount(["-t", "squashfs", "-o", "loop,ro", blob, tree]);
  const interpreter = join(twinMount, "redirect");
  await executable(interpreter, embedQemu(await readFile(programs.redirect), qemu));
  await mkdir(join(twinMount, "real"));
  for (const name of standIns)
    await symlink(findProgram(name) ?? "", join(twinMount, "real", name));
  const stand = join(directory, "bin");
  await mkdir(stand);
  for (const name of standIns) await symlink(programs.twin, join(stand, name));
  await mkdir(join(root, "proc"), { recursive: true });
  await executable(join(root, "known"), exitProgram("arm64", emulated, knownId));
  await executable(join(root, "unknown"), exitProgram("arm64", emulated, "ff".repeat(20)));
  return {
    root,
    async run(script, options = {}) {
      const { way = "private", credentials = false, caller = false } = options;
      const { env = {}, signal, onLine } = options;
      const name = `pibuild-twin-${process.pid}`;
      const file = join(directory, "registration");
      await writeFile(file, registration(name, interpreter, { credentials }));
      const argv = way === "private" ? ["private", file] : ["shared", name, file];
      const prefix = [...argv, "--", "bash", "-ec", script];
      return createExec(signal ? { signal } : {}).run({
        ...(onLine ? { onLine } : {}),
        ...(caller
          ? { program: "bash", args: ["-c", asCaller, "bash", programs.twin, ...prefix] }
          : { program: { path: programs.twin }, args: prefix }),
        cwd: root,
        env: { PATH: `${stand}:${process.env.PATH}`, root, ...env },
        allowExit: Array.from({ length: 256 }, (_, code) => code),
      });
    },
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await executable(join(root, path), content);
    },
    async [Symbol.asyncDispose]() {
      await exec.run({ program: "umount", args: [tree] });
      await exec.run({ program: "umount", args: [dirname(twinMount)] });
      await removeTree(directory);
    },
  };
}

async function executable(path: string, content: Buffer | string): Promise<void> {
  await writeFile(path, content);
  await chmod(path, 0o755);
}

async function mount(args: readonly string[]): Promise<void> {
  await exec.run({ program: "mount", args });
}
