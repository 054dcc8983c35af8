import { rmdir } from "node:fs/promises";

/** Removes a directory that is empty. One with something in it stays; so does what is a mount, no directory, or gone. */
export async function removeIfEmpty(path: string): Promise<void> {
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY", "ENOTDIR"].includes(error.code ?? ""))
      throw error;
  });
}
