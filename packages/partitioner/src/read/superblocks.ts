/** What stands in a partition that is neither FAT nor ext, of which more is read. */
export type SuperblockType =
  | ("squashfs" | "erofs" | "btrfs" | "xfs" | "f2fs")
  | ("luks" | "lvm" | "exfat" | "ntfs" | "swap");

/** How a kind of filesystem, or of what holds one, is told by its first block. */
export interface Superblock {
  readonly type: SuperblockType;
  /** Where the block begins, from the start of the partition. */
  readonly at: number;
  readonly magic: (block: Buffer) => boolean;
  readonly label?: (block: Buffer) => string;
  readonly id?: (block: Buffer) => string;
  /** Who describes the block. */
  readonly source: string;
}

/** As many bytes as any row looks at. */
export const superblockBytes = 4096;

/** The first row that matches counts. */
export const superblocks: readonly Superblock[] = [
  {
    ...{ type: "squashfs", at: 0, magic: has("hsqs", 0) },
    source: "linux/fs/squashfs/squashfs_fs.h",
  },
  {
    ...{ type: "erofs", at: 1024, magic: has("\xe2\xe1\xf5\xe0", 0) },
    ...{ label: text(64, 16), id: uuid(48), source: "linux/fs/erofs/erofs_fs.h" },
  },
  {
    ...{ type: "btrfs", at: 65_536, magic: has("_BHRfS_M", 64) },
    ...{ label: text(299, 256), id: uuid(32) },
    source: "linux/include/uapi/linux/btrfs_tree.h",
  },
  {
    ...{ type: "xfs", at: 0, magic: has("XFSB", 0), label: text(108, 12), id: uuid(32) },
    source: "linux/fs/xfs/libxfs/xfs_format.h",
  },
  {
    ...{ type: "f2fs", at: 1024, magic: has("\x10\x20\xf5\xf2", 0) },
    ...{ label: wideText(124, 512), id: uuid(108), source: "linux/include/linux/f2fs_fs.h" },
  },
  {
    ...{ type: "luks", at: 0, magic: has("LUKS\xba\xbe", 0) },
    // LUKS1 has the parameters of its cipher where LUKS2 has a label.
    label: (block) => (block.readUInt16BE(6) === 2 ? text(24, 48)(block) : ""),
    ...{ id: text(168, 40), source: "LUKS1 and LUKS2 On-Disk Format Specification" },
  },
  {
    ...{ type: "lvm", at: 512, source: "lvm2/lib/label/label.h" },
    magic: (block) => has("LABELONE", 0)(block) && has("LVM2 001", 24)(block),
  },
  {
    ...{ type: "exfat", at: 0, magic: has("EXFAT   ", 3) },
    source: "exFAT file system specification, Main Boot Sector",
  },
  { type: "ntfs", at: 0, magic: has("NTFS    ", 3), source: "linux/fs/ntfs3/ntfs.h" },
  // The signature ends the first page, whose length is the machine's: 16 KiB on a Pi 5.
  {
    ...{ type: "swap", at: 1024, magic: has("SWAPSPACE2", 4096 - 1024 - 10) },
    ...{ label: text(28, 16), id: uuid(12), source: "linux/include/linux/swap.h" },
  },
  {
    ...{ type: "swap", at: 16_384 - 10, magic: has("SWAPSPACE2", 0) },
    source: "linux/include/linux/swap.h",
  },
];

function has(bytes: string, at: number): (block: Buffer) => boolean {
  return (block) => block.toString("latin1", at, at + bytes.length) === bytes;
}

function text(at: number, length: number): (block: Buffer) => string {
  return (block) => printable(block.toString("utf8", at, at + length));
}

function wideText(at: number, units: number): (block: Buffer) => string {
  return (block) => printable(block.toString("utf16le", at, at + units * 2));
}

/** Up to the first NUL, without what a terminal must not get. */
function printable(value: string): string {
  return value.replace(/\0.*$/s, "").replace(/[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffc]/g, "?");
}

function uuid(at: number): (block: Buffer) => string {
  return (block) =>
    block
      .toString("hex", at, at + 16)
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
      .replace(/^[0-]*$/, "");
}
