import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { placeFile } from "@pibuild/core";

/** Writes a file, whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await placeFile(path, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
    await rm(path, { recursive: true, force: true });
    await placeFile(path, text);
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
