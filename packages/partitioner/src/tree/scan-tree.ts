import { lstatSync, type Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { PibuildError, pathText } from "@pibuild/core";

export type EntryKind = "file" | "directory" | "symlink" | "device" | "fifo" | "socket";

/** One name below a directory. */
export interface TreeEntry {
  /** Bytes of the path from the tree's root, without a leading slash: names need not be UTF-8. */
  readonly path: Buffer;
  readonly kind: EntryKind;
  /** Length of a file's content or of a symlink's target; 0 for all else. */
  readonly bytes: number;
  /** False for the second and later names of a file with hard links. */
  readonly first: boolean;
}

export interface ScanOptions {
  /** The role to name in errors. */
  readonly role: string;
  /** Paths, without a leading slash, that may be mount points. */
  readonly mountPoints?: readonly string[];
}

/**
 * Every name below `root`, a parent before its children, siblings in byte order.
 * Throws LAYOUT_INVALID where a directory is a mount point: `/proc` would end up in the image.
 */
export async function scanTree(
  root: string,
  { role, mountPoints = [] }: ScanOptions,
): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const seen = new Set<string>();
  const { dev } = await lstat(root);
  const queue: Buffer[] = [Buffer.alloc(0)];
  for (let directory = queue.pop(); directory !== undefined; directory = queue.pop()) {
    const names = await readdir(absolute(root, directory), { encoding: "buffer" });
    for (const name of names.sort(Buffer.compare)) {
      const path = directory.length === 0 ? name : Buffer.concat([directory, slash, name]);
      // One call a name and no promise for it: a Debian tree has 30,000 of them.
      const stats = lstatSync(absolute(root, path));
      const kind = kindOf(stats);
      if (kind === "directory") {
        if (stats.dev !== dev && !mountPoints.includes(path.toString())) refuseMount(path, role);
        queue.push(path);
      }
      const bytes = kind === "file" || kind === "symlink" ? stats.size : 0;
      entries.push({ path, kind, bytes, first: isFirst(root, path, stats, seen) });
    }
  }
  return entries;
}

const slash = Buffer.from("/");

function absolute(root: string, path: Buffer): Buffer {
  return Buffer.concat([Buffer.from(join(root, "/")), path]);
}

function kindOf(stats: Stats): EntryKind {
  if (stats.isDirectory()) return "directory";
  if (stats.isFile()) return "file";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isSocket()) return "socket";
  return "device";
}

function isFirst(root: string, path: Buffer, stats: Stats, seen: Set<string>): boolean {
  if (stats.nlink < 2 || stats.isDirectory()) return true;
  // An overlay puts the layer's number into the upper bits, which a double would round away.
  const { dev, ino } = lstatSync(absolute(root, path), { bigint: true });
  const id = `${dev}:${ino}`;
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}

function refuseMount(path: Buffer, role: string): never {
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `\`/${pathText(path)}\` in its tree is a mount point; what is mounted there would be copied`,
    partition: role,
  });
}
