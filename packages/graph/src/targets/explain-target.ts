import type { FieldChange } from "@pibuild/layers";
import type { OpenImage } from "../open/open-image.ts";
import { type ImagePlan, planImage } from "./freshness.ts";
import { readManifest } from "./manifest.ts";
import {
  artifactsInputs,
  diskInputs,
  layerPrefix,
  payloadInputs,
  type TargetInputs,
} from "./target-inputs.ts";
import { diskKey } from "./target-keys.ts";
import type { FinalTarget } from "./targets.ts";

/** Why a final target has to run, or that it need not. */
export type TargetReason =
  | { readonly kind: "fresh" }
  | { readonly kind: "never-built" }
  /** What it is made from has to run before. */
  | { readonly kind: "after"; readonly what: string }
  | { readonly kind: "changed" }
  /** It depends on what it did, and its files are not as it left them. */
  | { readonly kind: "files-changed" }
  /** The last build did not write down what it depended on. */
  | { readonly kind: "not-recorded" };

export interface TargetExplanation {
  readonly reason: TargetReason;
  /** What differs from the last build, as far as it is known before what comes first has run. */
  readonly changes: readonly FieldChange[];
}

/** Explains a final target of an image that has it, without running anything. */
export async function explainTarget(
  open: OpenImage,
  target: FinalTarget,
): Promise<TargetExplanation> {
  const plan = await planImage(open);
  if (plan[target]) return { reason: { kind: "fresh" }, changes: [] };
  const manifest = await readManifest(open.output, target);
  if (manifest === undefined) return { reason: { kind: "never-built" }, changes: [] };
  const waiting = plan.steps.find(({ record }) => record === undefined)?.step.id;
  const what = waiting ?? (target === "disk" || plan.disk ? undefined : "disk");
  const now = await inputsOf(open, target, plan, what !== undefined);
  const changes =
    manifest.inputs === undefined
      ? []
      : changed(manifest.inputs, now).filter(({ field }) => what === undefined || !isMade(field));
  if (what !== undefined) return { reason: { kind: "after", what }, changes };
  if (changes.length > 0) return { reason: { kind: "changed" }, changes };
  const kind = manifest.inputs === undefined ? "not-recorded" : "files-changed";
  return { reason: { kind }, changes };
}

async function inputsOf(
  open: OpenImage,
  target: FinalTarget,
  plan: ImagePlan,
  waits: boolean,
): Promise<TargetInputs> {
  const layers = waits ? [] : plan.steps.flatMap(({ record }) => record ?? []);
  if (target === "disk") return diskInputs(open, layers);
  const disk = waits ? undefined : await diskKey(open, layers);
  return target === "payload" ? payloadInputs(open, disk) : artifactsInputs(open, disk);
}

/** Whether a field says what was made before: that is not known until it is made again. */
function isMade(field: string): boolean {
  return field === "disk" || field.startsWith(layerPrefix);
}

function changed(before: TargetInputs, after: TargetInputs): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: before[field], after: after[field] }));
}
