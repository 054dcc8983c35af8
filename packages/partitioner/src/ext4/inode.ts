import { crc32c } from "./crc32c.ts";

/* Offsets: linux/fs/ext4/ext4.h, `struct ext4_inode`. */
const mode = 0x00;
const atime = 0x08;
const ctime = 0x0c;
const mtime = 0x10;
const sizeLow = 0x04;
const sectorsLow = 0x1c;
const generation = 0x64;
const attributesLow = 0x68;
const sizeHigh = 0x6c;
const sectorsHigh = 0x74;
const checksumLow = 0x7c;
const extraSize = 0x80;
const checksumHigh = 0x82;
/** ctime_extra, mtime_extra, atime_extra, crtime, crtime_extra: five words, up to 0x98. */
const extraTimes = 0x84;
const crtime = 0x90;
const extraTimesEnd = 0x98;

/** True where the inode is in use: an unused one has no type. */
export function isUsed(inode: Buffer): boolean {
  return inode.readUInt16LE(mode) !== 0;
}

/** Bytes of a file's content. */
export function lengthOf(inode: Buffer): number {
  return inode.readUInt32LE(sizeHigh) * 2 ** 32 + inode.readUInt32LE(sizeLow);
}

/** How many units of 512 bytes it takes, blocks of extents and attributes included. */
export function sectorsOf(inode: Buffer): number {
  return inode.readUInt16LE(sectorsHigh) * 2 ** 32 + inode.readUInt32LE(sectorsLow);
}

/** Where the extended attributes in the inode itself begin. */
export function attributesStart(inode: Buffer): number {
  return 0x80 + inode.readUInt16LE(extraSize);
}

/** The block of its other extended attributes; 0 for none. Without `64bit` its number has 32 bits. */
export function attributeBlock(inode: Buffer): number {
  return inode.readUInt32LE(attributesLow);
}

/**
 * Sets the four times of an inode, in seconds, without fractions. The time of last change stays
 * where it lies between 1970 and `epoch`, which must be below 2^31; everything else becomes `epoch`.
 */
export function clampTimes(inode: Buffer, epoch: number): void {
  const changed = inode.readInt32LE(mtime);
  inode.writeInt32LE(epoch, atime);
  inode.writeInt32LE(epoch, ctime);
  inode.writeInt32LE(changed < 0 || changed > epoch ? epoch : changed, mtime);
  if (0x80 + inode.readUInt16LE(extraSize) < extraTimesEnd) return;
  inode.fill(0, extraTimes, extraTimesEnd);
  inode.writeInt32LE(epoch, crtime);
}

/**
 * Writes the checksum of an inode: CRC-32C over the filesystem's UUID, the inode's number, its
 * generation and its bytes (linux/fs/ext4/inode.c, `ext4_inode_csum`). `seed` is the sum of the UUID.
 */
export function sumInode(inode: Buffer, number: number, seed: number): void {
  inode.writeUInt16LE(0, checksumLow);
  inode.writeUInt16LE(0, checksumHigh);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(number, 0);
  head.writeUInt32LE(inode.readUInt32LE(generation), 4);
  const sum = crc32c(inode, crc32c(head, seed));
  inode.writeUInt16LE(sum & 0xffff, checksumLow);
  inode.writeUInt16LE(sum >>> 16, checksumHigh);
}
