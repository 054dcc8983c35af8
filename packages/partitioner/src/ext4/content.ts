import type { TreeEntry } from "../tree/scan-tree.ts";
import { blockBytes } from "./mke2fs-conf.ts";

/** What a tree takes inside an ext4. */
export interface Ext4Content {
  /** Bytes of blocks, without inode tables and journal. */
  readonly bytes: number;
  /** Inodes, the root directory included. */
  readonly inodes: number;
}

/** Symlinks below this many bytes live in the inode: ext4(5), "fast symlinks". */
const fastSymlinkBytes = 60;
/** `.`, `..` and the checksum at the end of a block: ext4_dir_entry_2, ext4_dir_entry_tail. */
const directoryOverheadBytes = 12 + 12 + 12;

/**
 * How much room a tree needs. Comes from names and lengths alone and never from the host's block
 * counts, so that the same tree makes a disk of the same size on every host.
 */
export function ext4Content(entries: readonly TreeEntry[]): Ext4Content {
  const directories = new Map<string, number>([["", directoryOverheadBytes]]);
  let bytes = 0;
  let inodes = 1;
  for (const entry of entries) {
    const path = entry.path.toString("latin1");
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const name = path.length - parent.length - (parent === "" ? 0 : 1);
    directories.set(parent, (directories.get(parent) ?? 0) + 8 + Math.ceil(name / 4) * 4);
    if (entry.kind === "directory") directories.set(path, directoryOverheadBytes);
    // mke2fs has made that one already, and counts it as its own.
    if (!entry.first || path === "lost+found") continue;
    inodes += 1;
    if (entry.kind === "file") bytes += wholeBlocks(entry.bytes);
    if (entry.kind === "symlink" && entry.bytes >= fastSymlinkBytes) bytes += blockBytes;
  }
  for (const used of directories.values()) bytes += wholeBlocks(used);
  return { bytes, inodes };
}

function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}
