import type { Stats } from "node:fs";
import { link, lstat, rm, utimes } from "node:fs/promises";
import { type Exec, pathBytes, sha256File } from "@pibuild/core";
import { walk } from "../tree/walk.ts";
import { findBelow, type LayerStack, statsOf } from "./layer-stack.ts";
import { attributesByName, nullEnded } from "./overlay-attributes.ts";

/** A name of a file below, which the overlay has copied up apart from the file's other names. */
interface Copy {
  readonly inside: Buffer;
  readonly stats: Stats;
  /** The topmost layer that has the name, and its inode there. */
  readonly layer: string;
  readonly inode: number;
}

/**
 * Writing to one name of a hard-linked file makes the overlay copy it up under that name only;
 * on an ordinary filesystem the change shows under every name. This links the other names to
 * the copy, so that the layer holds what an ordinary filesystem would. `changes` is the upper
 * directory, with the overlay's own attributes still in it; `merged` is the mounted overlay,
 * through which the links are made. What cannot be told afterwards stays apart: two names that
 * got different content, and a copy whose time of access a script has set.
 */
export async function keepHardLinks(
  exec: Exec,
  { changes, merged }: { readonly changes: string; readonly merged: string },
  stack: LayerStack,
): Promise<void> {
  const copies = await withoutOrigin(exec, changes, findCopies(changes, stack));
  for (const [latest, ...others] of byFile(copies)) {
    if (latest === undefined) continue;
    const source = pathBytes(merged, latest.inside);
    for (const { inside } of others) {
      const same = (await sha256File(pathBytes(merged, inside))) === (await sha256File(source));
      if (same) await relink(source, pathBytes(merged, inside));
    }
    for (const { inside, stats } of walk(latest.layer)) {
      if (!stats.isFile() || stats.ino !== latest.inode) continue;
      if (isShown(inside, latest.layer, { changes, merged }, stack)) {
        await relink(source, pathBytes(merged, inside));
      }
    }
  }
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

/** A link made later than the file was written to must not show in its directory's time. */
async function relink(from: Buffer, to: Buffer): Promise<void> {
  const directory = to.subarray(0, to.lastIndexOf("/"));
  const { atimeMs, mtimeMs } = await lstat(directory);
  await rm(to);
  await link(from, to);
  await utimes(directory, atimeMs / 1000, mtimeMs / 1000);
}

/** Whether a name still stands for the layer's file: neither changed nor hidden above it. */
function isShown(
  inside: Buffer,
  layer: string,
  { changes, merged }: { readonly changes: string; readonly merged: string },
  stack: LayerStack,
): boolean {
  return (
    statsOf(pathBytes(changes, inside)) === undefined &&
    findBelow(stack, inside)?.layer === layer &&
    statsOf(pathBytes(merged, inside)) !== undefined
  );
}
