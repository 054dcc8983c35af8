import { readlinkSync, type Stats } from "node:fs";
import { type Exec, pathText, sha256File } from "@pibuild/core";
import { attributesByName, walk } from "@pibuild/layers";

/** All that must agree of a name in two trees, as text by aspect. Times are left out. */
export type Description = Readonly<Record<Aspect, string>>;
export type Aspect = "type" | "mode" | "owner" | "content" | "attributes" | "links";

/**
 * Every name below a directory, by its path from there. For root: others cannot read all of it. What layers
 * note for themselves is no property of a file, so `notes` are left out.
 */
export async function describeTree(
  exec: Exec,
  root: string,
  { notes = [] }: { readonly notes?: readonly string[] } = {},
): Promise<Map<string, Description>> {
  const attributes = await attributesOf(exec, root, notes);
  const firstNames = new Map<string, string>();
  const tree = new Map<string, Description>();
  for (const { path, inside: name, stats } of [...walk(root)].sort(byPath)) {
    const inside = pathText(name);
    const inode = `${stats.dev}:${stats.ino}`;
    if (!stats.isDirectory() && stats.nlink > 1 && !firstNames.has(inode)) {
      firstNames.set(inode, inside);
    }
    tree.set(inside, {
      type: typeOf(stats),
      mode: (stats.mode & 0o7777).toString(8),
      owner: `${stats.uid}:${stats.gid}`,
      content: await contentOf(path, stats),
      attributes: (attributes.get(pathText(path)) ?? []).sort().join(" "),
      links: firstNames.get(inode) ?? "",
    });
  }
  return tree;
}

function byPath(a: { readonly inside: Buffer }, b: { readonly inside: Buffer }): number {
  return Buffer.compare(a.inside, b.inside);
}

function typeOf(stats: Stats): string {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isSocket()) return "socket";
  return stats.isBlockDevice() ? "block device" : "character device";
}

async function contentOf(path: Buffer, stats: Stats): Promise<string> {
  if (stats.isFile()) return await sha256File(path);
  if (stats.isSymbolicLink()) return pathText(readlinkSync(path, "buffer"));
  return stats.isBlockDevice() || stats.isCharacterDevice() ? String(stats.rdev) : "";
}

/** Extended attributes with their values, by path; file capabilities are among them. */
async function attributesOf(
  exec: Exec,
  root: string,
  notes: readonly string[],
): Promise<Map<string, string[]>> {
  const { stdout, stderr } = await exec.run({
    program: "getfattr",
    args: [
      ...["--recursive", "--physical", "--no-dereference", "--absolute-names"],
      ...["--dump", "--encoding=hex", "--match=-", root],
    ],
    allowExit: [1],
    bytes: true,
  });
  // What a layer without a single attribute answers for each of its names.
  const wrong = stderr.split("\n").filter((line) => !/^$|: Operation not supported$/.test(line));
  if (wrong.length > 0) throw new Error(`getfattr: ${wrong[0]}`);
  const byPathName = new Map<string, string[]>();
  for (const [attribute, paths] of attributesByName(stdout)) {
    // The overlay's own bookkeeping, where a tree is the upper directory of one.
    if (attribute.startsWith("trusted.overlay.")) continue;
    if (notes.some((note) => attribute.startsWith(`${note}=`))) continue;
    for (const path of paths.map(pathText)) {
      byPathName.set(path, [...(byPathName.get(path) ?? []), attribute]);
    }
  }
  return byPathName;
}
