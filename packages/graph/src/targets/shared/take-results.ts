import type { OpenImage } from "../../open/open-image.ts";
import { lockOutputs } from "../lock-outputs.ts";
import { readManifest } from "../manifest.ts";
import { type ImagePlan, planImage } from "../plan-image.ts";
import { fileTargets, targetOf } from "../registry.ts";
import type { FileTarget, Target } from "../target.ts";
import { takeResult } from "./take-result.ts";

/**
 * Brings the files of a target, or of a group's, from the remote cache, and of what they are made from
 * only what is missing there: where the compressed image comes, nobody asks for the disk, or a layer.
 * Throws STEP_UNKNOWN; what the cache lacks is left to be made.
 */
export async function takeResults(open: OpenImage, name: string): Promise<void> {
  if (open.cache === undefined) return;
  const target = targetOf(open.image, name);
  const plan = await planImage(open);
  await takeWanted(open, plan, target);
}

async function takeWanted(open: OpenImage, plan: ImagePlan, target: Target): Promise<void> {
  const planned = plan.targets.get(target.name);
  if (planned === undefined || planned.fresh) return;
  if (target.kind === "files" && (await takeFiles(open, plan, target))) return;
  if (target.kind !== "files" && target.kind !== "group") return;
  for (const name of target.after) await takeWanted(open, plan, targetOf(open.image, name));
}

async function takeFiles(open: OpenImage, plan: ImagePlan, target: FileTarget): Promise<boolean> {
  const { key, inputs } = plan.targets.get(target.name) ?? {};
  // A step below has to run first.
  if (key === undefined || inputs === undefined) return false;
  const outdated = await outdatedBefore(open, plan, target);
  // Its lock has those of all that is made from it.
  await using _locks = await lockOutputs(open, outdated[0] ?? target);
  return await takeResult(open, target, { key, inputs, outdated });
}

/** What a target's files are made from and an earlier build left, though these come of other inputs; in order. */
async function outdatedBefore(
  open: OpenImage,
  plan: ImagePlan,
  { after }: FileTarget,
): Promise<FileTarget[]> {
  const before = fileTargets(open.image).filter(({ name }) => after.includes(name));
  const found = before.map(async (target) => {
    const manifest = await readManifest(open.output, target.name);
    const isOutdated =
      manifest !== undefined && manifest.key !== plan.targets.get(target.name)?.key;
    return [...(await outdatedBefore(open, plan, target)), ...(isOutdated ? [target] : [])];
  });
  return (await Promise.all(found)).flat();
}
