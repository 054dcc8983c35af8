import type { FieldChange } from "@pibuild/layers";
import type { OpenImage } from "../open/open-image.ts";
import { readManifest } from "./manifest.ts";
import type { TargetInputs } from "./named-inputs.ts";
import { isMade } from "./named-inputs.ts";
import { type ImagePlan, planImage } from "./plan-image.ts";
import type { Target } from "./target.ts";

/** Why a target with files has to run, or that it need not. */
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

/** Explains a target that has files, without running anything. */
export async function explainTarget(open: OpenImage, name: string): Promise<TargetExplanation> {
  const plan = await planImage(open);
  const planned = plan.targets.get(name);
  if (planned === undefined || planned.fresh) return { reason: { kind: "fresh" }, changes: [] };
  const manifest = await readManifest(open.output, name);
  if (manifest === undefined) return { reason: { kind: "never-built" }, changes: [] };
  const what = waitsFor(plan, planned.target);
  const { after } = planned.target;
  const changes =
    manifest.inputs === undefined
      ? []
      : changed(manifest.inputs, planned.inputs ?? {}).filter(
          ({ field }) => what === undefined || !isMade(field, after),
        );
  if (what !== undefined) return { reason: { kind: "after", what }, changes };
  if (changes.length > 0) return { reason: { kind: "changed" }, changes };
  const kind = manifest.inputs === undefined ? "not-recorded" : "files-changed";
  return { reason: { kind }, changes };
}

/** The step, or else the target, before this one that has to run first. */
function waitsFor({ steps, targets }: ImagePlan, { after }: Target): string | undefined {
  const step = steps.find(({ record }) => record === undefined);
  if (step !== undefined) return step.step.id;
  return after.find((name) => targets.get(name)?.fresh === false);
}

function changed(before: TargetInputs, now: TargetInputs): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .sort()
    .filter((field) => before[field] !== now[field])
    .map((field) => ({ field, before: before[field], after: now[field] }));
}
