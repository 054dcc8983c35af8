import { link, lstat, opendir, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Exec } from "@pibuild/core";
import type { LayerStack } from "./layer-stack.ts";
import { attributesByName } from "./overlay-attributes.ts";

/**
 * Writing to one name of a hard-linked file makes the overlay copy it up under that name only;
 * on an ordinary filesystem the change shows under every name. This links the other names to
 * the copy, so that the layer holds what an ordinary filesystem would. `changes` is the upper
 * directory, with the overlay's own attributes still in it; `merged` is the mounted overlay,
 * through which the links are made.
 */
export async function keepHardLinks(
  exec: Exec,
  { changes, merged }: { readonly changes: string; readonly merged: string },
  stack: LayerStack,
): Promise<void> {
  const { stdout } = await exec.run({
    program: "getfattr",
    args: [
      "--recursive",
      "--physical",
      "--no-dereference",
      "--absolute-names",
      "--match",
      "^trusted\\.overlay\\.origin$",
      changes,
    ],
  });
  const copied = [...attributesByName(stdout).values()].flat();
  for (const path of copied) {
    const inside = path.slice(changes.length);
    const stats = await lstat(path);
    if (!stats.isFile()) continue;
    const origin = await findBelow(stack, inside);
    if (origin === undefined || origin.stats.nlink < 2) continue;
    for await (const sibling of sameInode(origin.layer, "", origin.stats.ino)) {
      if (sibling === inside || (await shadowed(changes, stack, sibling, origin.layer))) continue;
      await relink(join(merged, inside), join(merged, sibling));
    }
  }
}

/** A link made later than the file was written to must not show in its directory's time. */
async function relink(from: string, to: string): Promise<void> {
  const { atimeMs, mtimeMs } = await lstat(dirname(to));
  await rm(to);
  await link(from, to);
  await utimes(dirname(to), atimeMs / 1000, mtimeMs / 1000);
}

/** The topmost layer that has a path, and what it says of it. */
async function findBelow(stack: LayerStack, inside: string) {
  for (const lower of stack.lowers("rootfs")) {
    const layer = join(stack.directory, lower);
    const stats = await lstat(join(layer, inside)).catch(() => undefined);
    if (stats !== undefined) return { layer, stats };
  }
  return undefined;
}

/** Whether a name no longer stands for the origin's file: changed by the step or a layer above. */
async function shadowed(changes: string, stack: LayerStack, inside: string, origin: string) {
  if (await lstat(join(changes, inside)).catch(() => undefined)) return true;
  return (await findBelow(stack, inside))?.layer !== origin;
}

async function* sameInode(root: string, inside: string, inode: number): AsyncGenerator<string> {
  for await (const entry of await opendir(join(root, inside))) {
    const path = `${inside}/${entry.name}`;
    if (entry.isDirectory()) yield* sameInode(root, path, inode);
    else if (entry.isFile() && (await lstat(join(root, path))).ino === inode) yield path;
  }
}
