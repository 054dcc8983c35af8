import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, sha256 } from "@pibuild/core";

/** All that a filesystem says of an entry, but for inode numbers and the times of access. */
export interface TreeEntry {
  readonly type: string;
  readonly mode: string;
  readonly owner: string;
  /** Seconds; later than `latest`, it counts as `latest`. */
  readonly mtime: number;
  readonly device?: string;
  readonly content?: string;
  readonly xattrs?: Readonly<Record<string, string>>;
  /** The other names of the same file. */
  readonly links?: readonly string[];
}

const types = ["isFile", "isDirectory", "isSymbolicLink", "isFIFO", "isSocket"] as const;

/** A tree, entry by entry, as plain data. `latest` clamps times as a layer does. */
export async function dumpTree(
  exec: Exec,
  root: string,
  latest = Number.POSITIVE_INFINITY,
): Promise<Record<string, TreeEntry>> {
  const xattrs = await readAttributes(exec, root);
  const names = ["", ...(await readdir(root, { recursive: true })).sort()];
  const byInode = new Map<string, string[]>();
  const found = await Promise.all(
    names.map(async (name) => ({ name, stats: await lstat(join(root, name)) })),
  );
  for (const { name, stats } of found) {
    if (stats.isDirectory()) continue;
    const inode = `${stats.dev} ${stats.ino}`;
    byInode.set(inode, [...(byInode.get(inode) ?? []), name]);
  }
  const tree: Record<string, TreeEntry> = {};
  for (const { name, stats } of found) {
    const path = join(root, name);
    const attributes = xattrs.get(path);
    const links = byInode.get(`${stats.dev} ${stats.ino}`)?.filter((other) => other !== name) ?? [];
    const device = stats.isCharacterDevice() || stats.isBlockDevice();
    tree[name] = {
      type: types.find((is) => stats[is]()) ?? (stats.isBlockDevice() ? "block" : "character"),
      mode: (stats.mode & 0o7777).toString(8),
      owner: `${stats.uid}:${stats.gid}`,
      mtime: Math.floor(Math.min(stats.mtimeMs / 1000, latest)),
      ...(device ? { device: `${stats.rdev >> 8}:${stats.rdev & 0xff}` } : {}),
      ...(stats.isFile() ? { content: sha256(await readFile(path)) } : {}),
      ...(stats.isSymbolicLink() ? { content: await readlink(path) } : {}),
      ...(attributes === undefined ? {} : { xattrs: attributes }),
      ...(links.length > 0 ? { links } : {}),
    };
  }
  return tree;
}

/** Extended attributes of every entry, in hexadecimal. A squashfs without any has no table: exit 1. */
async function readAttributes(exec: Exec, root: string) {
  const { stdout } = await exec.run({
    program: "getfattr",
    args: ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "--absolute-names", root],
    allowExit: [1],
  });
  const result = new Map<string, Record<string, string>>();
  for (const block of stdout.split("\n\n").filter((text) => text !== "")) {
    const [file = "", ...lines] = block.trim().split("\n");
    const path = file
      .slice("# file: ".length)
      .replaceAll(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)));
    const pairs = lines.map((line) => line.split("=") as [string, string]);
    result.set(path, Object.fromEntries(pairs.sort()));
  }
  return result;
}
