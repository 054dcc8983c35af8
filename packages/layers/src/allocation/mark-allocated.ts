import type { Stats } from "node:fs";
import { type Exec, nullEnded, pathBytes } from "@pibuild/core";
import { ruleFor } from "../normalise/normalise.ts";
import { findBelow, type LayerStack } from "../overlay/layer-stack.ts";
import { attributesByName, oneNameEach, removeAttribute } from "../overlay/overlay-attributes.ts";
import { type Entry, walk } from "../tree/walk.ts";
import { hasZeroPiece } from "./zero-piece.ts";

/**
 * Marks a file in a layer that has no holes although a part of it is zero: a layer keeps no zeros, and
 * so cannot tell it from a sparse file. It goes with the file where a later step copies, moves or links it.
 */
export const allocatedAttribute = "trusted.pibuild.allocated";

/**
 * Marks those of a step's changed files that have no holes and yet a part that is zero, and takes the
 * mark off those that have none any more. `changes` is the upper directory of the step's overlay, whose times are still the step's own.
 */
export async function markAllocated(exec: Exec, changes: string, stack: LayerStack): Promise<void> {
  const marked = await findMarked(exec, changes);
  const known = new Set(marked.map(textOf));
  const wanted: Buffer[] = [];
  for (const entry of walk(changes)) {
    if (!entry.stats.isFile() || ruleFor(textOf(entry.inside)) !== undefined) continue;
    // Of a marked one the overlay made a copy, with holes or without: that depends on the kernel.
    const isMarked = known.has(textOf(entry.path));
    if (!(isMarked || isWhole(entry)) || !hasZeroPiece(entry.path, entry.stats.size)) continue;
    if (isMarked || !wasSparse(entry, stack)) wanted.push(entry.path);
  }
  const names = new Set(wanted.map(textOf));
  const stale = marked.filter((path) => !names.has(textOf(path)));
  await removeAttribute(exec, allocatedAttribute, await oneNameEach(stale));
  const fresh = wanted.filter((path) => !known.has(textOf(path)));
  if (fresh.length === 0) return;
  await exec.run({
    program: "xargs",
    args: ["--null", "setfattr", "--name", allocatedAttribute, "--value", "1"],
    input: nullEnded(fresh),
  });
}

/** The marked files below a directory. */
export async function findMarked(exec: Exec, directory: string): Promise<Buffer[]> {
  const { stdout } = await exec.run({
    program: "getfattr",
    args: [
      ...["--recursive", "--physical", "--no-dereference", "--absolute-names"],
      ...["--match", `^${allocatedAttribute.replaceAll(".", "\\.")}$`, directory],
    ],
    bytes: true,
  });
  return attributesByName(stdout).get(allocatedAttribute) ?? [];
}

/** Whether a file has no holes: it takes at least the room of its length. */
function isWhole({ stats }: Entry): boolean {
  return stats.blocks * 512 >= stats.size;
}

/** A file that is sparse below may lose its holes when the overlay copies it up: nobody asked for that. */
function wasSparse({ inside, stats }: Entry, stack: LayerStack): boolean {
  const below = findBelow(stack, inside);
  if (below === undefined || !isCopy(stats, below.stats)) return false;
  return hasZeroPiece(pathBytes(below.layer, inside), below.stats.size);
}

/** The overlay keeps the time of access, and mounts it `noatime`; a new file has another. */
function isCopy(stats: Stats, below: Stats): boolean {
  return below.isFile() && stats.atimeMs === below.atimeMs;
}

function textOf(path: Buffer): string {
  return path.toString("latin1");
}
