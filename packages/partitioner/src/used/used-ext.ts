import type { DiskReader } from "../read/disk-reader.ts";
import type { ExtVolume } from "../read/read-ext.ts";
import type { ByteRange } from "./byte-range.ts";

/* Feature bits and offsets: linux/fs/ext4/ext4.h. */
const sparseSuper2 = 0x200;
const metaGroups = 0x10;
const externalJournal = 0x8;
const sparseSuper = 0x1;
const bigAlloc = 0x200;
const blocksUninitialised = 0x2;

interface Group {
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  readonly flags: number;
}

/**
 * What counts in an ext filesystem: the blocks that its bitmaps call used, and all of its own
 * tables, whether they are used yet or not: a table that was skipped would hold what the card held
 * before. Undefined where the filesystem has a shape that this reader does not know.
 */
export async function usedExt(
  disk: DiskReader,
  volume: ExtVolume,
  start: number,
): Promise<ByteRange[] | undefined> {
  const { blockBytes, blocks, firstBlock, blocksPerGroup } = volume;
  if (!isKnown(volume)) return undefined;
  const at = (block: number, count = 1): ByteRange => ({
    start: start + block * blockBytes,
    end: start + (block + count) * blockBytes,
  });
  const groups = await readGroups(disk, volume, start);
  if (groups === undefined) return undefined;
  const tableBlocks = Math.ceil((volume.inodesPerGroup * volume.inodeBytes) / blockBytes);
  const headBlocks =
    1 +
    Math.ceil((groups.length * volume.descriptorBytes) / blockBytes) +
    volume.reservedDescriptorBlocks;
  const ranges: ByteRange[] = [at(0, firstBlock + 1)];
  for (const [index, group] of groups.entries()) {
    const first = firstBlock + index * blocksPerGroup;
    const count = Math.min(blocksPerGroup, blocks - first);
    if (hasSuperblock(index, volume)) ranges.push(at(first, Math.min(headBlocks, count)));
    ranges.push(at(group.blockBitmap), at(group.inodeBitmap), at(group.inodeTable, tableBlocks));
    if ((group.flags & blocksUninitialised) !== 0) continue;
    const bitmap = await disk.read(at(group.blockBitmap).start, blockBytes);
    for (const [from, to] of runs(bitmap, count)) ranges.push(at(first + from, to - from));
  }
  const end = start + blocks * blockBytes;
  return ranges.map((range) => ({ start: range.start, end: Math.min(range.end, end) }));
}

function isKnown({ compatible, incompatible, readOnly, ...volume }: ExtVolume): boolean {
  return (
    (compatible & sparseSuper2) === 0 &&
    (incompatible & (metaGroups | externalJournal)) === 0 &&
    (readOnly & bigAlloc) === 0 &&
    volume.blocksPerGroup === volume.blockBytes * 8 &&
    volume.firstBlock <= 1
  );
}

async function readGroups(
  disk: DiskReader,
  volume: ExtVolume,
  start: number,
): Promise<Group[] | undefined> {
  const { blockBytes, blocks, firstBlock, blocksPerGroup, descriptorBytes } = volume;
  const count = Math.ceil((blocks - firstBlock) / blocksPerGroup);
  const table = await disk.read(start + (firstBlock + 1) * blockBytes, count * descriptorBytes);
  if (count <= 0 || table.length < count * descriptorBytes) return undefined;
  const wide = descriptorBytes >= 64;
  const groups = Array.from({ length: count }, (_, index) => {
    const at = index * descriptorBytes;
    const block = (low: number, high: number) =>
      table.readUInt32LE(at + low) + (wide ? table.readUInt32LE(at + high) * 2 ** 32 : 0);
    return {
      blockBitmap: block(0x00, 0x20),
      inodeBitmap: block(0x04, 0x24),
      inodeTable: block(0x08, 0x28),
      flags: table.readUInt16LE(at + 0x12),
    };
  });
  const inside = groups.every(
    (group) => Math.max(group.blockBitmap, group.inodeBitmap, group.inodeTable) < blocks,
  );
  return inside ? groups : undefined;
}

/** Groups 0 and 1, and powers of 3, 5 and 7, keep copies; without that feature all of them do. */
function hasSuperblock(group: number, { readOnly }: ExtVolume): boolean {
  if ((readOnly & sparseSuper) === 0 || group <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  });
}

/** Runs of set bits, as first and one behind the last. */
function* runs(bitmap: Buffer, count: number): Generator<[number, number]> {
  let from: number | undefined;
  for (let bit = 0; bit < count; bit += 1) {
    const set = ((bitmap[bit >>> 3] ?? 0xff) & (1 << (bit & 7))) !== 0;
    if (set && from === undefined) from = bit;
    if (!set && from !== undefined) {
      yield [from, bit];
      from = undefined;
    }
  }
  if (from !== undefined) yield [from, count];
}
