import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createExec } from "@pibuild/core";
import { type AssembleOptions, assembleDisk } from "../src/disk/assemble-disk.ts";
import { layouts } from "../src/layout/layouts.ts";

export const exec = createExec();
export const MiB = 1024 * 1024;
/** 2023-11-14 22:13:20 UTC. */
export const epoch = 1_700_000_000;
/** What making a disk takes; the root-only cases name "root" besides. */
export const diskTools = ["mke2fs", "fsck.ext4", "mkfs.vfat", "fsck.vfat", "mmd", "mcopy"] as const;

/** A directory of one test with a `root` and a `boot` tree in it. It goes away with the test. */
export async function createRig(parent: string = tmpdir()) {
  const path = await mkdtemp(join(parent, "partitioner-"));
  const root = join(path, "root");
  const boot = join(path, "boot");
  const output = join(path, "disk.img");
  await mkdir(join(root, "boot/firmware"), { recursive: true });
  await mkdir(boot);
  return {
    path,
    root,
    boot,
    output,
    /** Writes files by their path below the rig; a Buffer as path may hold any byte. */
    async write(files: Record<string, string | Uint8Array>) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), content);
      }
    },
    /** Runs lines of shell in the rig: Node has no mknod, mkfifo or xattrs. */
    shell: (script: string) =>
      exec.run({ program: "bash", args: ["-euc", script], cwd: path }).then(({ stdout }) => stdout),
    assemble: (options: Partial<AssembleOptions<"boot" | "root">> = {}) =>
      assembleDisk({
        layout: layouts.standard,
        sources: { root, boot },
        output,
        seed: "test",
        sourceDateEpoch: epoch,
        exec,
        scratch: path,
        sizes: { boot: 64 * MiB, root: 64 * MiB },
        ...options,
      }),
    /** What debugfs prints about the root filesystem. */
    async debugfs(request: string, offset: number) {
      const args = ["-R", request, `${output}?offset=${offset}`];
      return (await exec.run({ program: "debugfs", args })).stdout;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export type Rig = Awaited<ReturnType<typeof createRig>>;

/** Some bytes of a file. */
export async function readBytes(path: string, offset: number, length: number): Promise<Buffer> {
  await using file = await open(path);
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, offset);
  return bytes;
}
