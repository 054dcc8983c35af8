import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, type Exec, findProgram } from "@pibuild/core";
import { elfPatterns, type ForeignArch } from "../../src/foreign-arch.ts";
import {
  type BinfmtStatus,
  binfmtDirectory,
  binfmtStatus,
  type HostOptions,
} from "../../src/index.ts";
import { registerLine } from "../../src/kernel/register-line.ts";
import { probeProgram } from "../../src/trial/probe-program.ts";
import { exitProgram } from "../elf-programs.ts";

export const qemu = findProgram("qemu-aarch64-static") ?? "";

/** What scenarios work with. All of it is in a namespace of its own, and goes away with it. */
export interface Rig {
  readonly exec: Exec;
  readonly options: HostOptions;
  /** An empty directory for the scenario's own. */
  readonly path: string;
  /** Registers a handler as somebody else would. */
  add(name: string, interpreter: string, flags: string, arch?: ForeignArch): Promise<void>;
  /** Writes to an entry: 1, 0 or -1. */
  write(name: string, text: string): Promise<void>;
  /** An interpreter that ends with a status, so that it can be told who was taken. */
  interpreter(status: number): Promise<string>;
  /** The exit code of a tiny program in an empty chroot; 42 where it is run as what it is. */
  run(arch?: ForeignArch): Promise<number>;
  status(arch?: ForeignArch): Promise<BinfmtStatus>;
  /** Each entry with its text. */
  entries(): Promise<Record<string, string>>;
}

export async function createRig(path: string): Promise<Rig> {
  const exec = createExec();
  const options: HostOptions = { hostArch: "x64", formats: join(path, "formats") };
  const roots = new Map<ForeignArch, string>();
  return {
    exec,
    options,
    path,
    async add(name, interpreter, flags, arch = "arm64") {
      const line = registerLine({ name, ...elfPatterns[arch], interpreter, flags });
      await writeFile(join(binfmtDirectory, "register"), line);
    },
    write: (name, text) => writeFile(join(binfmtDirectory, name), text),
    async interpreter(status) {
      const file = join(path, `interpreter-${status}`);
      await writeFile(file, exitProgram("amd64", status), { mode: 0o755 });
      return file;
    },
    async run(arch = "arm64") {
      const root = roots.get(arch) ?? join(path, arch);
      if (!roots.has(arch)) await mkRoot(root, arch);
      roots.set(arch, root);
      const allowExit = Array.from({ length: 256 }, (_, code) => code);
      const args = [root, "/program"];
      return (await exec.run({ program: "chroot", args, allowExit })).exitCode;
    },
    status: (arch = "arm64") => binfmtStatus(arch, { ...options, exec }),
    async entries() {
      const names = await readdir(binfmtDirectory);
      const rows = names
        .filter((name) => name !== "register")
        .map(async (name) => [name, await readFile(join(binfmtDirectory, name), "utf8")]);
      return Object.fromEntries(await Promise.all(rows));
    },
  };
}

async function mkRoot(root: string, arch: ForeignArch): Promise<void> {
  await mkdir(root);
  await writeFile(join(root, "program"), probeProgram(arch), { mode: 0o755 });
}
