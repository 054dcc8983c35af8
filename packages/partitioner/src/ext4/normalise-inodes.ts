import type { FileHandle } from "node:fs/promises";
import { crc32c } from "./crc32c.ts";
import { clampTimes, isUsed, sumInode } from "./inode.ts";
import { inodeBytes } from "./mke2fs-conf.ts";
import type { Ext4Geometry } from "./superblock.ts";

/**
 * Takes the host's clock out of an ext4 that begins `start` bytes into a file: mke2fs copies the
 * atime and ctime of every source file, and no program can set a ctime. The inode tables are
 * rewritten in place. debugfs could do the same by four commands an inode, in some twenty times
 * the time, and only for names that its command language can quote.
 */
export async function normaliseInodes(
  file: FileHandle,
  start: number,
  geometry: Ext4Geometry,
  epoch: number,
): Promise<void> {
  const seed = crc32c(geometry.uuid);
  for (const [group, { offset, inodes }] of geometry.groups.entries()) {
    if (inodes === 0) continue;
    const table = Buffer.alloc(inodes * inodeBytes);
    await file.read(table, 0, table.length, start + offset);
    for (let index = 0; index < inodes; index += 1) {
      const inode = table.subarray(index * inodeBytes, (index + 1) * inodeBytes);
      if (!isUsed(inode)) continue;
      const number = group * geometry.inodesPerGroup + index + 1;
      clampTimes(inode, epoch);
      sumInode(inode, number, seed);
    }
    await file.write(table, 0, table.length, start + offset);
  }
}
