import { prepareDelivery } from "@pibuild/artifacts";
import { PibuildError, type Purpose, programsFor, requirePrograms } from "@pibuild/core";
import type { OpenImage } from "@pibuild/graph";
import { hostDirectories } from "@pibuild/host";
import { readVolume } from "../host/volume.ts";
import { giveBack, giveBackAlone } from "../privilege/give-back.ts";
import { ownersFor, refuseForeignCache } from "../privilege/owners.ts";
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
    const owners = await ownersFor(env, image.workspace);
    const made = await prepareDelivery(image.outputDirectory, { owners });
    if (made !== undefined) await giveBack(env, [made]);
  }
  await refuseForeignCache(env, image.workspace);
  await context.scratch.prepare();
  await giveBackAlone(env, hostDirectories(env).store);
  const { freeBytes: ofWorkspace } = await readVolume(image.workspace);
  const places = [await context.scratch.free(), { path: image.workspace, freeBytes: ofWorkspace }];
  for (const { path, freeBytes } of places) {
    if (freeBytes < neededBytes) {
      throw new PibuildError("ENV_DISK_FULL", { path, freeBytes, neededBytes });
    }
  }
}
