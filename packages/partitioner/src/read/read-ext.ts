import type { DiskReader } from "./disk-reader.ts";

/** An ext2, ext3 or ext4 as its superblock describes it. */
export interface ExtVolume {
  readonly type: "ext2" | "ext3" | "ext4";
  readonly label: string;
  readonly uuid: string;
  readonly blockBytes: number;
  readonly blocks: number;
  readonly firstBlock: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  readonly inodeBytes: number;
  readonly descriptorBytes: number;
  readonly reservedDescriptorBlocks: number;
  readonly compatible: number;
  readonly incompatible: number;
  readonly readOnly: number;
}

/* Fields and feature bits: linux/fs/ext4/ext4.h. */
const superblockOffset = 1024;
const magic = 0xef53;
const hasJournal = 0x4;
const extents = 0x40;
const wide = 0x80;
const maxBlockShift = 6;

/** The ext filesystem that begins at `start` and has at most `sizeBytes`, or undefined. */
export async function readExtVolume(
  disk: DiskReader,
  start: number,
  sizeBytes: number,
): Promise<ExtVolume | undefined> {
  const block = await disk.read(start + superblockOffset, 1024);
  if (block.length < 1024 || block.readUInt16LE(0x38) !== magic) return undefined;
  const shift = block.readUInt32LE(0x18);
  const blockBytes = 1024 * 2 ** shift;
  const incompatible = block.readUInt32LE(0x60);
  const is64 = (incompatible & wide) !== 0;
  const blocks = block.readUInt32LE(0x04) + (is64 ? block.readUInt32LE(0x150) * 2 ** 32 : 0);
  const blocksPerGroup = block.readUInt32LE(0x20);
  const inodesPerGroup = block.readUInt32LE(0x28);
  const compatible = block.readUInt32LE(0x5c);
  const descriptorBytes = is64 ? block.readUInt16LE(0xfe) : 32;
  if (shift > maxBlockShift || blocks * blockBytes > sizeBytes) return undefined;
  if (blocksPerGroup < 8 || blocksPerGroup > blockBytes * 8 || inodesPerGroup === 0)
    return undefined;
  if (descriptorBytes < 32 || descriptorBytes > 1024) return undefined;
  return {
    type:
      (incompatible & extents) !== 0 ? "ext4" : (compatible & hasJournal) !== 0 ? "ext3" : "ext2",
    label: printable(block.subarray(0x78, 0x88)),
    uuid: block
      .toString("hex", 0x68, 0x78)
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    blockBytes,
    blocks,
    firstBlock: block.readUInt32LE(0x14),
    blocksPerGroup,
    inodesPerGroup,
    inodeBytes: block.readUInt32LE(0x4c) === 0 ? 128 : block.readUInt16LE(0x58),
    descriptorBytes,
    reservedDescriptorBlocks: block.readUInt16LE(0xce),
    compatible,
    incompatible,
    readOnly: block.readUInt32LE(0x64),
  };
}

function printable(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replace(/\0.*$/s, "")
    .replace(/[^\x20-\x7e]/g, "?");
}
