import { statfs } from "node:fs/promises";
import { isPibuildError, PibuildError } from "@pibuild/core";

/** Runs `work`; where it fails for want of room, throws ENV_DISK_FULL about `directory`. */
export async function namingFullDisk<T>(
  directory: string,
  neededBytes: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOutOfSpace(error)) throw error;
    const { bavail, bsize } = await statfs(directory);
    throw new PibuildError(
      "ENV_DISK_FULL",
      { path: directory, freeBytes: bavail * bsize, neededBytes },
      { cause: error },
    );
  }
}

/** Node says it by code, programs by the C library's words. */
function isOutOfSpace(error: unknown): boolean {
  if (isPibuildError(error, "COMMAND_FAILED")) {
    return error.data.tail.some((line) => line.includes("No space left on device"));
  }
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}
