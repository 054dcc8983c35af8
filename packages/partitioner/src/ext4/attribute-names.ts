/* linux/fs/ext4/xattr.h: `struct ext4_xattr_header`, `ext4_xattr_ibody_header`, `ext4_xattr_entry`. */
const magic = 0xea020000;
const blockHeaderBytes = 32;
const inodeHeaderBytes = 4;
const entryBytes = 16;
/** Of the prefixes, those that a number stands for: EXT4_XATTR_INDEX_*. */
const prefixes = new Map([
  [1, "user."],
  [4, "trusted."],
  [6, "security."],
]);

/** Names of the extended attributes that begin so many bytes into an inode. */
export function namesInInode(inode: Buffer, start: number): string[] {
  if (start + inodeHeaderBytes > inode.length || inode.readUInt32LE(start) !== magic) return [];
  return namesOf(inode.subarray(start + inodeHeaderBytes));
}

/** Names of the extended attributes in a block of their own. */
export function namesInBlock(block: Buffer): string[] {
  return block.readUInt32LE(0) === magic ? namesOf(block.subarray(blockHeaderBytes)) : [];
}

/** Entries go on until four bytes of zero. */
function namesOf(entries: Buffer): string[] {
  const names: string[] = [];
  let at = 0;
  while (at + entryBytes <= entries.length && entries.readUInt32LE(at) !== 0) {
    const length = entries.readUInt8(at);
    const prefix = prefixes.get(entries.readUInt8(at + 1)) ?? "";
    names.push(prefix + entries.toString("latin1", at + entryBytes, at + entryBytes + length));
    at += entryBytes + Math.ceil(length / 4) * 4;
  }
  return names;
}
