import { open } from "node:fs/promises";
import { MiB } from "../layout/units.ts";

/** A disk, or a file that holds one, to look at. */
export interface DiskReader {
  readonly sizeBytes: number;
  /** The bytes from an offset on: fewer than `length`, or none, where the disk ends before. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** One request never takes more memory, whatever a damaged disk says of itself. */
export const maxReadBytes = 16 * MiB;

/** Opens an image file or a block device for reading. */
export async function openDisk(path: string): Promise<DiskReader & AsyncDisposable> {
  const file = await open(path);
  try {
    return {
      sizeBytes: await endOf(file),
      async read(offset, length) {
        const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, maxReadBytes)));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
        return bytes.subarray(0, bytesRead);
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes in memory as a disk. */
export function bufferDisk(bytes: Buffer): DiskReader {
  return {
    sizeBytes: bytes.length,
    read: async (offset, length) =>
      bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length)),
  };
}

/** A block device has no size that stat tells; reading tells where it ends. */
async function endOf(file: Awaited<ReturnType<typeof open>>): Promise<number> {
  const stats = await file.stat();
  if (!stats.isBlockDevice()) return stats.size;
  const byte = Buffer.alloc(1);
  const readable = async (at: number) => (await file.read(byte, 0, 1, at)).bytesRead === 1;
  let end = 1;
  while (await readable(end - 1)) end *= 2;
  let low = end / 2;
  while (low < end) {
    const middle = Math.floor((low + end) / 2);
    if (await readable(middle)) low = middle + 1;
    else end = middle;
  }
  return low;
}
