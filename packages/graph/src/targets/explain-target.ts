import type { OpenImage } from "../open/open-image.ts";
import { readManifest } from "./manifest.ts";
import { type ImagePlan, planImage } from "./plan-image.ts";
import type { Target } from "./target.ts";
import { type TargetExplanation, targetReason } from "./target-reason.ts";

/** Explains a target that has files, without running anything. */
export async function explainTarget(
  open: OpenImage,
  name: string,
  plan?: ImagePlan,
): Promise<TargetExplanation> {
  const whole = plan ?? (await planImage(open));
  const planned = whole.targets.get(name);
  if (planned === undefined || planned.fresh) return { reason: { kind: "fresh" }, changes: [] };
  const manifest = await readManifest(open.output, name);
  const waitsFor = firstBefore(whole, planned.target);
  return targetReason(planned.target, { manifest, inputs: planned.inputs ?? {}, waitsFor });
}

/** The target before this one that has to run first; of a stage, its step. */
function firstBefore({ steps, targets }: ImagePlan, { after }: Target): string | undefined {
  const first = after.flatMap((name) => targets.get(name) ?? []).find(({ fresh }) => !fresh);
  if (first === undefined) return undefined;
  if (first.target.kind !== "stage") return first.target.name;
  return steps.find(({ record }) => record === undefined)?.step.id ?? first.target.name;
}
