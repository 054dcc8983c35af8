import { mkdir, statfs } from "node:fs/promises";
import { PibuildError, programsFor, requirePrograms } from "@pibuild/core";
import type { OpenImage } from "@pibuild/pigen-runner";

/** Less than this and a build cannot end well: a step's tree, its layer, the disk. In bytes. */
export const neededBytes = 3 * 1024 ** 3;

/** Checks what would otherwise stop a build half-way. Throws before any step runs. */
export async function preflight({ context }: OpenImage): Promise<void> {
  requirePrograms([...programsFor("steps"), ...programsFor("disk"), ...programsFor("emulation")]);
  const { store } = context.directories;
  await mkdir(store, { recursive: true });
  for (const path of [store, context.workspace]) {
    const { bavail, bsize } = await statfs(path);
    const freeBytes = bavail * bsize;
    if (freeBytes < neededBytes) {
      throw new PibuildError("ENV_DISK_FULL", { path, freeBytes, neededBytes });
    }
  }
}
