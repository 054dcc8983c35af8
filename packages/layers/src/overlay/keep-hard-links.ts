import { type Exec, pathBytes, sha256File } from "@pibuild/core";
import { walk } from "../tree/walk.ts";
import { copiesByFile } from "./find-copies.ts";
import { findBelow, type LayerStack, statsOf } from "./layer-stack.ts";
import { relink } from "./relink.ts";

/**
 * Writing to one name of a hard-linked file makes the overlay copy it up under that name only;
 * on an ordinary filesystem the change shows under every name. This links the other names to
 * the copy, so that the layer holds what an ordinary filesystem would. `changes` is the upper
 * directory, with the overlay's own attributes still in it; `merged` is the mounted overlay,
 * through which the links are made. What cannot be told afterwards stays apart: two names that
 * got different content, see `findWrittenApart`, and a copy whose time of access a script has set.
 */
export async function keepHardLinks(
  exec: Exec,
  { changes, merged }: { readonly changes: string; readonly merged: string },
  stack: LayerStack,
): Promise<void> {
  for (const [latest, ...others] of await copiesByFile(exec, changes, stack)) {
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
