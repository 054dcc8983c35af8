import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  bytesOf,
  type FileRegion,
  openExisting,
  readExactly,
  type Source,
} from "../read/source.ts";
import { writeAll } from "../write-all.ts";

/**
 * A partition: a block device, or part of a file. Writes may reach the medium in any order, until
 * `flush` returns: then all before it have.
 */
export interface BlockDevice extends Source {
  write(offset: number, bytes: Buffer): Promise<void>;
  flush(): Promise<void>;
  /** Forgets what is in memory, so that reading asks the medium. */
  dropCache?(): Promise<void>;
}

export interface FileDevice extends BlockDevice, AsyncDisposable {}

/** A device or a file's region, opened for writing. It never grows. */
export async function openDevice(region: FileRegion): Promise<FileDevice> {
  const { path, offset = 0 } = region;
  const file = await openExisting(path, "r+", "the partition");
  const size = region.size ?? (await bytesOf(file)) - offset;
  return {
    name: basename(path),
    size,
    read: (from, length, into) => readExactly(file, offset + from, length, into),
    async write(to, bytes) {
      if (to < 0 || to + bytes.length > size) throw new RangeError(`${path} ends before ${to}`);
      await writeAll(file, bytes, offset + to);
    },
    flush: () => file.sync(),
    ...((await file.stat()).isBlockDevice() ? { dropCache } : {}),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** For all devices: Linux has no narrower way that Node.js could ask for. */
async function dropCache(): Promise<void> {
  await writeFile("/proc/sys/vm/drop_caches", "3");
}
