import { open } from "node:fs/promises";
import { type Sha256, sha256File } from "./hash.ts";

/** sha256 of a file whose bytes are on the disk by then: what names it may be written after that. */
export async function syncedSha256(path: string): Promise<Sha256> {
  // At the same time: one reads memory, the other writes to the disk.
  const [digest] = await Promise.all([sha256File(path), syncPath(path)]);
  return digest;
}

/** Waits until a file's bytes, or a directory's names, are on the disk. */
export async function syncPath(path: string): Promise<void> {
  await using file = await open(path, "r");
  await file.sync().catch((error: NodeJS.ErrnoException) => {
    // Windows syncs what was opened for writing alone.
    if (process.platform !== "win32") throw error;
  });
}
