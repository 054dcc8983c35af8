import type { FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Long enough that there is something to write each time, in milliseconds. */
const pauseMs = 250;

/**
 * Has the kernel write a file to its device while mke2fs fills it, until `signal` aborts. mke2fs
 * ends with an fsync, which would otherwise wait for the whole filesystem, both processors idle.
 * Rejects where the device fails, which that fsync says, too.
 */
export async function writeBehind(
  file: Pick<FileHandle, "datasync">,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await file.datasync();
  }
}
