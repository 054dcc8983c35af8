import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { placeFile } from "@pibuild/core";
import { makeOwn, ownerOf } from "./own.ts";

/** Writes a file of a store, whole or not at all. */
export async function writeWhole(store: string, path: string, text: string): Promise<void> {
  await makeOwn(store, dirname(path));
  const options = { mode: 0o600, owner: await ownerOf(store) };
  try {
    await placeFile(path, text, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
    await rm(path, { recursive: true, force: true });
    await placeFile(path, text, options);
  }
}

/** Puts a file in a place, also where a directory is: a damaged store heals. */
export async function replace(file: string, path: string): Promise<void> {
  try {
    await rename(file, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
    await rm(path, { recursive: true, force: true });
    await rename(file, path);
  }
}
