import { PibuildError } from "@pibuild/core";

/**
 * Runs work on files of a store. Throws STORE_UNUSABLE where the system refuses, but for a full disk,
 * whose error stays as it is: see `namingFullDisk`.
 */
export async function orUnusable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined || code === "ENOSPC") throw error;
    throw new PibuildError("STORE_UNUSABLE", { path, reason: code }, { cause: error });
  }
}
