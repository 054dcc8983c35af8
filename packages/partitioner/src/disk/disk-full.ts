import { statfs } from "node:fs/promises";
import { isPibuildError, PibuildError } from "@pibuild/core";

/**
 * Runs `work`; where it fails for want of room, throws ENV_DISK_FULL about the one of
 * `directories` with the least room.
 */
export async function reportFullDisk<T>(
  directories: readonly string[],
  neededBytes: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOutOfSpace(error)) throw error;
    const free = await Promise.all(directories.map(freeSpace));
    const [fullest] = free.sort((a, b) => a.freeBytes - b.freeBytes);
    if (fullest === undefined) throw error;
    throw new PibuildError("ENV_DISK_FULL", { ...fullest, neededBytes }, { cause: error });
  }
}

async function freeSpace(path: string): Promise<{ path: string; freeBytes: number }> {
  const { bavail, bsize } = await statfs(path);
  return { path, freeBytes: bavail * bsize };
}

/** Node says it by code, programs by the C library's words. */
function isOutOfSpace(error: unknown): boolean {
  if (isPibuildError(error, "COMMAND_FAILED")) {
    return error.data.tail.some((line) => line.includes("No space left on device"));
  }
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}
