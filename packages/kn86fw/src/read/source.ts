import { type FileHandle, open, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { PibuildError } from "@pibuild/core";

/** Bytes that can be read at any place, and that do not grow. */
export interface Source {
  /** What to call it in errors. */
  readonly name: string;
  readonly size: number;
  /** Exactly these bytes, in `into` where that is given and of use; throws where there are fewer. */
  read(offset: number, length: number, into?: Buffer): Promise<Buffer>;
}

/** A file or a block device, opened once: what it is renamed to meanwhile does not matter. */
export interface FileSource extends Source, AsyncDisposable {}

/** Part of a file, or all of it. */
export interface FileRegion {
  readonly path: string;
  readonly offset?: number;
  readonly size?: number;
}

/** Throws CONFIG_MISSING where there is no such file. */
export async function openSource(region: FileRegion, what = "the payload"): Promise<FileSource> {
  const { path, offset = 0 } = region;
  const file = await openExisting(path, "r", what);
  const size = region.size ?? (await bytesOf(file)) - offset;
  return {
    name: basename(path),
    size,
    read: (from, length, into) => readExactly(file, offset + from, length, into),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** Throws CONFIG_MISSING where there is no such file; it is never made. */
export async function openExisting(
  path: string,
  flags: "r" | "r+",
  what: string,
): Promise<FileHandle> {
  return open(path, flags).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw new PibuildError("CONFIG_MISSING", { file: path, what }, { cause });
  });
}

/** Bytes in memory. */
export function bytesSource(bytes: Buffer, name = "payload"): Source {
  return {
    name,
    size: bytes.length,
    async read(offset, length) {
      if (offset + length > bytes.length) throw new RangeError(`${name} ends before ${offset}`);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** Size of a file, or of a block device, whose `stat` says 0. */
export async function bytesOf(file: FileHandle): Promise<number> {
  const stats = await file.stat();
  if (!stats.isBlockDevice()) return stats.size;
  // The kernel tells the size in sectors of 512 bytes.
  const device = deviceNumber(stats.rdev);
  return Number(await readFile(`/sys/dev/block/${device}/size`, "utf8")) * 512;
}

export async function readExactly(
  file: FileHandle,
  offset: number,
  length: number,
  into: Buffer = Buffer.allocUnsafe(length),
): Promise<Buffer> {
  const bytes = into.subarray(0, length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new RangeError(`the file ends before byte ${offset + length}`);
    filled += bytesRead;
  }
  return bytes;
}

/** Linux' numbering of devices (makedev(3)), as /sys and mountinfo write it. */
export function deviceNumber(rdev: number): string {
  const major = (rdev >> 8) & 0xfff;
  const minor = (rdev & 0xff) | ((rdev >> 12) & 0xfff00);
  return `${major}:${minor}`;
}
