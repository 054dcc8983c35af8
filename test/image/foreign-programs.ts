import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createExec } from "@pibuild/core";

const exec = createExec();
/** elf(5): the first bytes of every 64-bit little-endian file, and the machines there. */
const elfStart = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
const machineAt = 18;
const amd64 = 0x3e;

/** Every file in a store's layers that is, or holds, a program for amd64. Mounts the layers. */
export async function foreignPrograms(store: string): Promise<string[]> {
  const found: string[] = [];
  for (const digest of await layerDigests(store)) {
    const blob = join(store, "blobs/sha256", digest.slice(0, 2), digest);
    const tree = await mkdtemp(join(tmpdir(), "pibuild-layer-"));
    await exec.run({ program: "mount", args: ["-t", "squashfs", "-o", "loop,ro", blob, tree] });
    try {
      for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile() && (await isForeign(path))) found.push(relative(tree, path));
      }
    } finally {
      await exec.run({ program: "umount", args: [tree] });
      await rm(tree, { recursive: true });
    }
  }
  return found;
}

async function layerDigests(store: string): Promise<string[]> {
  const names = await readdir(join(store, "latest"), { recursive: true });
  const records = names.filter((name) => name.endsWith(".json"));
  const digests = await Promise.all(
    records.map(async (name) => {
      const text = await readFile(join(store, "latest", name), "utf8");
      return JSON.parse(text).layer.digest as string;
    }),
  );
  return [...new Set(digests)];
}

async function isForeign(path: string): Promise<boolean> {
  if (/\/initrd\.img-[^/]+$/.test(path)) return holdsForeign(await unpacked(path));
  await using file = await open(path);
  const head = Buffer.alloc(20);
  await file.read(head, 0, head.length, 0);
  return head.indexOf(elfStart) === 0 && head.readUInt16LE(machineAt) === amd64;
}

/** The initramfs' archive: files lie in it one after the other, as they are. */
async function unpacked(path: string): Promise<Buffer> {
  const whole = await readFile(path);
  const zstdStart = whole.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
  if (zstdStart === -1) throw new Error(`${path} is not compressed with zstd`);
  const directory = await mkdtemp(join(tmpdir(), "pibuild-initramfs-"));
  try {
    const archive = join(directory, "cpio");
    await exec.run({
      program: "zstd",
      args: ["-dqf", "-o", archive],
      input: whole.subarray(zstdStart),
    });
    return Buffer.concat([whole.subarray(0, zstdStart), await readFile(archive)]);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function holdsForeign(bytes: Buffer): boolean {
  let seen = 0;
  for (let at = bytes.indexOf(elfStart); at !== -1; at = bytes.indexOf(elfStart, at + 1)) {
    seen++;
    if (bytes.readUInt16LE(at + machineAt) === amd64) return true;
  }
  if (seen === 0) throw new Error("no program at all was found in an initramfs");
  return false;
}
