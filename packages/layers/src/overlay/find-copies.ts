import type { Stats } from "node:fs";
import { type Exec, nullEnded, pathBytes } from "@pibuild/core";
import { walk } from "../tree/walk.ts";
import { findBelow, type LayerStack } from "./layer-stack.ts";
import { attributesByName } from "./overlay-attributes.ts";

/** A name of a file below, which the overlay has copied up apart from the file's other names. */
export interface Copy {
  readonly inside: Buffer;
  readonly stats: Stats;
  /** The topmost layer that has the name, and its inode there. */
  readonly layer: string;
  readonly inode: number;
}

/**
 * What a step made the overlay copy of files with several names, copies of one file together, the one that
 * was changed last first. `changes` is the upper directory, with the overlay's own attributes still in it.
 */
export async function copiesByFile(
  exec: Exec,
  changes: string,
  stack: LayerStack,
): Promise<Copy[][]> {
  return [...byFile(await withoutOrigin(exec, changes, findCopies(changes, stack)))];
}

/**
 * The changed names of files that have several names below. A copy keeps the time of access that
 * the file has below, also when it is written to, because the overlay is mounted `noatime`; a new
 * file that took the name's place has another.
 */
function findCopies(changes: string, stack: LayerStack): Copy[] {
  const copies: Copy[] = [];
  for (const { inside, stats } of walk(changes)) {
    if (!stats.isFile()) continue;
    const below = findBelow(stack, inside);
    if (below === undefined || !below.stats.isFile() || below.stats.nlink < 2) continue;
    if (stats.atimeMs !== below.stats.atimeMs) continue;
    copies.push({ inside, stats, layer: below.layer, inode: below.stats.ino });
  }
  return copies;
}

/** Another file below that was moved over the name says where it comes from; such a copy does not. */
async function withoutOrigin(exec: Exec, changes: string, copies: Copy[]): Promise<Copy[]> {
  if (copies.length === 0) return [];
  const { stdout } = await exec.run({
    program: "xargs",
    args: [
      ...["--null", "getfattr", "--no-dereference", "--absolute-names"],
      ...["--match", "^trusted\\.overlay\\.origin$"],
    ],
    input: nullEnded(copies.map(({ inside }) => pathBytes(changes, inside))),
    bytes: true,
  });
  const moved = [...attributesByName(stdout).values()].flat();
  const names = new Set(moved.map((path) => path.toString("latin1")));
  return copies.filter(({ inside }) => !names.has(pathBytes(changes, inside).toString("latin1")));
}

/** Copies of one file together, the one that was changed last first. */
function byFile(copies: readonly Copy[]): Iterable<Copy[]> {
  const latestFirst = copies.toSorted((a, b) => b.stats.ctimeMs - a.stats.ctimeMs);
  return Map.groupBy(latestFirst, ({ layer, inode }) => `${layer} ${inode}`).values();
}
