import { isPibuildError, PibuildError } from "@pibuild/core";
import type { Scratch } from "@pibuild/layers";
import { findKnownCause } from "./known-cause.ts";

/**
 * Runs work, and turns the ways in which a full disk shows outside of a step's scripts (a write
 * of our own, or a program such as mksquashfs) into ENV_DISK_FULL.
 */
export async function reportFullStore<T>(
  scratch: Pick<Scratch, "free">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isPibuildError(error, "COMMAND_FAILED"))
      throw (await findKnownCause(error.data.tail, scratch)) ?? error;
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    throw new PibuildError("ENV_DISK_FULL", await scratch.free(), { cause: error });
  }
}
