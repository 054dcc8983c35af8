import type { FileHandle } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";
import { blockBytes, featureWords, inodeBytes } from "./mke2fs-conf.ts";

/** Where an ext4's inodes are. */
export interface Ext4Geometry {
  readonly uuid: Buffer;
  readonly inodesPerGroup: number;
  /** Inodes in use, the eleven that ext4 itself takes included. */
  readonly usedInodes: number;
  readonly groups: readonly InodeTable[];
}

export interface InodeTable {
  /** Bytes from the start of the filesystem. */
  readonly offset: number;
  /** How many inodes of the table may be in use; the rest was never written. */
  readonly inodes: number;
}

/* The superblock lies 1024 bytes in, the group descriptors in the block behind it:
   linux/fs/ext4/ext4.h, `struct ext4_super_block` and `struct ext4_group_desc`. */
const superblockOffset = 1024;
const magic = 0xef53;
const descriptorBytes = 32;

/**
 * Reads the geometry of an ext4 that begins `start` bytes into a file. Throws VERIFY_FAILED where
 * it is not what `features` asks for: another mke2fs would then have written something else.
 */
export async function readGeometry(file: FileHandle, start: number): Promise<Ext4Geometry> {
  const block = Buffer.alloc(1024);
  await file.read(block, 0, block.length, start + superblockOffset);
  expect("magic number", block.readUInt16LE(0x38), magic);
  expect("block size", 1024 << block.readUInt32LE(0x18), blockBytes);
  expect("inode size", block.readUInt16LE(0x58), inodeBytes);
  expect("compatible features", block.readUInt32LE(0x5c), featureWords.compat);
  expect("incompatible features", block.readUInt32LE(0x60), featureWords.incompat);
  expect("read-only features", block.readUInt32LE(0x64), featureWords.roCompat);
  const inodes = block.readUInt32LE(0x00);
  const inodesPerGroup = block.readUInt32LE(0x28);
  const descriptors = Buffer.alloc((inodes / inodesPerGroup) * descriptorBytes);
  await file.read(descriptors, 0, descriptors.length, start + blockBytes);
  const groups = Array.from({ length: inodes / inodesPerGroup }, (_, index) => {
    const at = index * descriptorBytes;
    return {
      offset: descriptors.readUInt32LE(at + 0x08) * blockBytes,
      inodes: inodesPerGroup - descriptors.readUInt16LE(at + 0x1c),
    };
  });
  return {
    uuid: block.subarray(0x68, 0x78),
    inodesPerGroup,
    usedInodes: inodes - block.readUInt32LE(0x10),
    groups,
  };
}

function expect(what: string, actual: number, wanted: number): void {
  if (actual === wanted) return;
  throw new PibuildError("VERIFY_FAILED", {
    what: "ext4 superblock",
    detail: `the ${what} is 0x${actual.toString(16)}, expected 0x${wanted.toString(16)}`,
  });
}
