import type { Stats } from "node:fs";
import { utimes } from "node:fs/promises";
import { type Exec, nullEnded, pathBytes, sha256File } from "@pibuild/core";
import { walk } from "../tree/walk.ts";
import { type Copy, copiesByFile } from "./find-copies.ts";
import { findBelow, type LayerStack, statsOf } from "./layer-stack.ts";
import { attributesByName } from "./overlay-attributes.ts";
import { relink } from "./relink.ts";

/** The names of one file below, as the image sees them. */
export type SharedNames = readonly Buffer[];

/**
 * The files below that a step changed under several of their names, so that each change is in a copy
 * of its own. Not those whose copies are all the same and have the content that they had: a
 * `chown --recursive` does that, and it can be put together afterwards.
 */
export async function findWrittenApart(
  exec: Exec,
  changes: string,
  stack: LayerStack,
): Promise<SharedNames[]> {
  const found: SharedNames[] = [];
  for (const copies of await copiesByFile(exec, changes, stack)) {
    const [{ layer, inode } = { layer: "", inode: 0 }] = copies;
    if (new Set(copies.map(({ stats }) => stats.ino)).size < 2) continue;
    if (await areAlike(exec, changes, copies)) continue;
    const names = [...walk(layer)].filter(
      ({ stats, inside }) =>
        stats.isFile() && stats.ino === inode && findBelow(stack, inside)?.layer === layer,
    );
    found.push(names.map(({ inside }) => inside));
  }
  return found;
}

/**
 * Copies files up before a step begins, each under all of its names as one: what the step then writes
 * shows under all of them, as on an ordinary filesystem. `merged` is the mounted overlay.
 */
export async function joinNames(files: readonly SharedNames[], merged: string): Promise<void> {
  for (const names of files) {
    const [source, ...others] = names
      .map((inside) => pathBytes(merged, inside))
      .filter((path) => statsOf(path) !== undefined);
    if (source === undefined) continue;
    const { atimeMs = 0, mtimeMs = 0 } = statsOf(source) ?? {};
    // Times that it has already: the overlay makes its copy all the same.
    await utimes(source, atimeMs / 1000, mtimeMs / 1000);
    for (const other of others) await relink(source, other);
  }
}

async function areAlike(exec: Exec, changes: string, copies: readonly Copy[]): Promise<boolean> {
  const paths = copies.map(({ inside }) => pathBytes(changes, inside));
  if (new Set(copies.map(({ stats }) => propertiesOf(stats))).size > 1) return false;
  if (!(await haveSameAttributes(exec, paths))) return false;
  const [first] = copies;
  const below = first && (await sha256File(pathBytes(first.layer, first.inside)));
  for (const path of paths) if ((await sha256File(path)) !== below) return false;
  return true;
}

function propertiesOf({ mode, uid, gid, mtimeMs, size }: Stats): string {
  return [mode, uid, gid, mtimeMs, size].join(" ");
}

async function haveSameAttributes(exec: Exec, paths: readonly Buffer[]): Promise<boolean> {
  const { stdout } = await exec.run({
    program: "xargs",
    args: [
      ...["--null", "getfattr", "--no-dereference", "--absolute-names"],
      ...["--dump", "--encoding=hex", "--match=-"],
    ],
    input: nullEnded(paths),
    bytes: true,
  });
  const attributes = [...attributesByName(stdout)];
  return attributes.every(
    ([attribute, having]) =>
      attribute.startsWith("trusted.overlay.") || having.length === paths.length,
  );
}
