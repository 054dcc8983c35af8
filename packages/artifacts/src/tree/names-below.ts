import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

/** The paths of everything below a directory, relative to it, sorted. No link is followed. */
export async function namesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.map(({ parentPath, name }) => relative(directory, join(parentPath, name))).sort();
}
