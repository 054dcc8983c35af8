import { mkdir, statfs } from "node:fs/promises";
import { createExec, findProgram, PibuildError, programsFor, requirePrograms } from "@pibuild/core";
import type { OpenImage } from "@pibuild/pigen-runner";

/** Less than this and a build cannot end well: a step's tree, its layer, the disk. In bytes. */
export const neededBytes = 3 * 1024 ** 3;

/** Checks what would otherwise stop a build half-way. Throws before anything is written. */
export async function preflight({ context }: OpenImage): Promise<void> {
  requirePrograms([...programsFor("steps"), ...programsFor("disk"), ...programsFor("emulation")]);
  if (process.getuid?.() !== 0) await askForRoot();
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

/** Asks for the password now, while a person looks, and not in the middle of a build. */
async function askForRoot(): Promise<void> {
  const task = "a build";
  if (findProgram("sudo") === undefined) throw new PibuildError("ENV_NEEDS_ROOT", { task });
  try {
    await createExec().run({ program: "sudo", args: ["--validate"], interactive: true });
  } catch (cause) {
    throw new PibuildError("ENV_NEEDS_ROOT", { task }, { cause });
  }
}
