import type { Stats } from "node:fs";
import { lstat, readFile, readlink, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { nameText, slashed } from "@pibuild/core";
import { type FileIndex, indexed } from "./file-index.ts";

/** A file or directory as Linux will see it. */
export interface Seen {
  /** Where it really lies. */
  readonly path: string;
  readonly stats: Stats;
  /** Permission bits. */
  readonly mode: number;
}

/** As many links as Linux follows, path_resolution(7). */
const mostLinks = 40;

/** What stands at a path, behind symlinks; undefined where nothing does. */
export async function statEntry(path: string, index?: FileIndex): Promise<Seen | undefined> {
  let at = path;
  let links = 0;
  while (index !== undefined && indexed(index, at) === "120000") {
    const content = await linkContent(at, index).catch(() => undefined);
    if (content === undefined) break;
    at = resolve(dirname(at), content);
    links += 1;
    if (links > mostLinks) return undefined;
  }
  const stats = await stat(at).catch(() => undefined);
  return stats && { path: at, stats, mode: modeOf(at, stats, index) };
}

/**
 * Where a symlink leads, as it is written; undefined for what is none. Where git could make no
 * symlink it made a file with that text.
 */
export async function linkContent(path: string, index?: FileIndex): Promise<string | undefined> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return slashed(await linkText(path));
  const stands = index !== undefined && stats.isFile() && indexed(index, path) === "120000";
  return stands ? readFile(path, "utf8") : undefined;
}

async function linkText(path: string): Promise<string> {
  const target = await readlink(path, { encoding: "buffer" });
  return nameText(target, Buffer.from(path), "where it leads");
}

/** Permission bits: the disk's own, or what git makes of its index where the umask is 022. */
export function modeOf(path: string, stats: Stats, index?: FileIndex): number {
  if (index === undefined) return stats.mode & 0o7777;
  return stats.isDirectory() || indexed(index, path) === "100755" ? 0o755 : 0o644;
}

export function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}
