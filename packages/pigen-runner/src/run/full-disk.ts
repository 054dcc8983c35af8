import { statfs } from "node:fs/promises";
import { isPibuildError, PibuildError } from "@pibuild/core";
import { diagnose } from "./diagnose.ts";

/**
 * Runs work, and turns the ways in which a full disk shows outside of a step's scripts (a write
 * of our own, or a program such as mksquashfs) into ENV_DISK_FULL.
 */
export async function namingFullDisk<T>(store: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isPibuildError(error, "COMMAND_FAILED"))
      throw (await diagnose(error.data.tail, store)) ?? error;
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    const { bavail, bsize } = await statfs(store);
    const data = { path: store, freeBytes: bavail * bsize };
    throw new PibuildError("ENV_DISK_FULL", data, { cause: error });
  }
}
