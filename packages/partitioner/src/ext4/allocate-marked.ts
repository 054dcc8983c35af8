import { type FileHandle, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, PibuildError } from "@pibuild/core";
import { namesInBlock, namesInInode } from "./attribute-names.ts";
import { attributeBlock, attributesStart, isUsed, lengthOf, sectorsOf } from "./inode.ts";
import { blockBytes, inodeBytes } from "./mke2fs-conf.ts";
import type { Ext4Geometry } from "./superblock.ts";

export interface AllocateOptions {
  readonly disk: string;
  /** The disk, opened. */
  readonly file: FileHandle;
  /** Where the ext4 begins, in bytes. */
  readonly startBytes: number;
  readonly geometry: Ext4Geometry;
  /** The extended attribute that marks a file. */
  readonly mark: string;
  readonly sourceDateEpoch: number;
  readonly exec: Exec;
  readonly scratch: string;
}

interface Marked {
  readonly number: number;
  readonly inode: Buffer;
}

/**
 * Gives every marked file of an ext4 the blocks that mke2fs left out because they are zero, and takes
 * the mark off. The blocks are unwritten, as fallocate(2) makes them. Whether there are any is read
 * from the inode tables, so that a disk without such a file takes no program. Throws VERIFY_FAILED
 * where one did not get its blocks.
 */
export async function allocateMarked(options: AllocateOptions): Promise<void> {
  const { disk, startBytes, mark, sourceDateEpoch, exec, scratch } = options;
  const marked = await findMarked(options);
  if (marked.length === 0) return;
  const commands = marked.flatMap(({ number, inode }) => [
    `fallocate <${number}> 0 ${Math.ceil(lengthOf(inode) / blockBytes) - 1}`,
    `ea_rm <${number}> ${mark}`,
  ]);
  const script = join(scratch, `${startBytes}.debugfs`);
  await writeFile(script, [`set_current_time ${sourceDateEpoch}`, ...commands, ""].join("\n"));
  await exec.run({
    program: "debugfs",
    args: ["-w", "-f", script, `${disk}?offset=${startBytes}`],
    env: { E2FSPROGS_FAKE_TIME: String(sourceDateEpoch) },
  });
  // debugfs ends well whatever became of its commands.
  const numbers = new Set(marked.map(({ number }) => number));
  const left = await findInodes(
    options,
    ({ number, inode }) => numbers.has(number) && sectorsOf(inode) * 512 < lengthOf(inode),
  );
  const [bad] = [...(await findMarked(options)), ...left];
  if (bad === undefined) return;
  throw new PibuildError("VERIFY_FAILED", {
    what: "ext4 content",
    detail: `the file of inode ${bad.number} did not get all of its blocks`,
  });
}

function findMarked(options: AllocateOptions): Promise<Marked[]> {
  return findInodes(options, ({ inode }) => {
    if (namesInInode(inode, attributesStart(inode)).includes(options.mark)) return true;
    const block = attributeBlock(inode);
    return block === 0 ? false : isMarkedIn(block, options);
  });
}

async function isMarkedIn(
  block: number,
  { file, startBytes, mark }: AllocateOptions,
): Promise<boolean> {
  const bytes = Buffer.alloc(blockBytes);
  await file.read(bytes, 0, bytes.length, startBytes + block * blockBytes);
  return namesInBlock(bytes).includes(mark);
}

async function findInodes(
  { file, startBytes, geometry }: AllocateOptions,
  is: (candidate: Marked) => boolean | Promise<boolean>,
): Promise<Marked[]> {
  const found: Marked[] = [];
  for (const [group, { offset, inodes }] of geometry.groups.entries()) {
    if (inodes === 0) continue;
    const table = Buffer.alloc(inodes * inodeBytes);
    await file.read(table, 0, table.length, startBytes + offset);
    for (let index = 0; index < inodes; index += 1) {
      const inode = table.subarray(index * inodeBytes, (index + 1) * inodeBytes);
      const candidate = { number: group * geometry.inodesPerGroup + index + 1, inode };
      if (!isUsed(inode)) continue;
      const answer = is(candidate);
      // A promise for each of 30,000 inodes would cost more than the look.
      if (typeof answer === "boolean" ? answer : await answer) found.push(candidate);
    }
  }
  return found;
}
