import { link, lstat, rm, utimes } from "node:fs/promises";

/** A link made later than the file was written to must not show in its directory's time. */
export async function relink(from: Buffer, to: Buffer): Promise<void> {
  const directory = to.subarray(0, to.lastIndexOf("/"));
  const { atimeMs, mtimeMs } = await lstat(directory);
  await rm(to);
  await link(from, to);
  await utimes(directory, atimeMs / 1000, mtimeMs / 1000);
}
