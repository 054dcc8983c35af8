import { mkdir } from "node:fs/promises";
import { prepareDelivery } from "@pibuild/artifacts";
import { PibuildError, type Purpose, programsFor, requirePrograms } from "@pibuild/core";
import type { OpenImage } from "@pibuild/graph";
import { readVolume } from "../host/volume.ts";
import { giveBack } from "../privilege/give-back.ts";
import type { Goal } from "./goal.ts";

/** Less than this and a build cannot end well: a step's tree, its layer, the disk. In bytes. */
export const neededBytes = 3 * 1024 ** 3;
/** What the programs are for without which no build starts. */
export const buildPurposes: readonly Purpose[] = ["steps", "disk", "emulation"];

/** Checks what would otherwise stop a build half-way. Throws before any step runs. */
export async function preflight(
  { context, image }: OpenImage,
  { goal, env }: { readonly goal: Goal; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  requirePrograms(buildPurposes.flatMap((purpose) => programsFor(purpose)));
  if (goal.files !== undefined && image.outputDirectory !== undefined) {
    const made = await prepareDelivery(image.outputDirectory);
    if (made !== undefined) await giveBack(env, [made]);
  }
  const { store } = context.directories;
  await mkdir(store, { recursive: true });
  for (const path of [store, image.workspace]) {
    const { freeBytes } = await readVolume(path);
    if (freeBytes < neededBytes) {
      throw new PibuildError("ENV_DISK_FULL", { path, freeBytes, neededBytes });
    }
  }
}
