import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { removeIfEmpty, removeTree } from "@pibuild/core";
import { layout } from "./layout.ts";
import { openStore } from "./open-store.ts";

export interface CleanOptions {
  /** Only this image's; undefined: all images'. */
  readonly image: string | undefined;
  /** Whether every layer of every image goes as well. */
  readonly layers: boolean;
  /** Gets the path of each thing that is gone. */
  readonly removed: (path: string) => void;
}

/**
 * Forgets the layer that a step of an image last had in a local store, so that the step runs again.
 * The layer itself stays: another image may have it. Returns whether there was one.
 */
export async function forgetLayer(
  directory: string,
  image: string,
  step: string,
): Promise<boolean> {
  const at = layout(directory);
  const record = await openStore(directory).latest(image, step);
  if (record === undefined) return false;
  await rm(at.record(record.fingerprint), { force: true });
  return true;
}

/**
 * Removes what failed steps and build.sh left in a local store, and its layers where that is asked.
 * What is kept by a key stays noted. Directories that are empty then go, too.
 */
export async function cleanStore(
  directory: string,
  { image, layers, removed }: CleanOptions,
): Promise<void> {
  const at = layout(directory);
  const paths = [at.failed(image), at.upstream(image), ...(layers ? at.layers : [])];
  for (const path of paths) {
    if (!existsSync(path)) continue;
    await removeTree(path);
    removed(path);
  }
  if (layers) await rm(at.inUse, { force: true }).catch(() => undefined);
  // With sudo they were made by root: their user could not remove them.
  for (const path of [at.runs, at.failed(), at.upstream(), directory]) await removeIfEmpty(path);
}
