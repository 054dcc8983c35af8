import type { FieldChange, TargetReason } from "@pibuild/core";
import type { Manifest } from "./manifest.ts";
import { isMade, stepOfLayer, type TargetInputs } from "./named-inputs.ts";
import type { Target } from "./target.ts";

export interface TargetExplanation {
  readonly reason: TargetReason;
  /** What differs from the last build of its own, as far as it is known before what comes first has run. */
  readonly changes: readonly FieldChange[];
}

export interface TargetState {
  /** What its last build wrote down. */
  readonly manifest: Manifest | undefined;
  /** What it depends on now, as far as it is known. */
  readonly inputs: TargetInputs;
  /** What has to run before, where it has not yet. */
  readonly waitsFor?: string | undefined;
}

/** Why a target that is not fresh has to run. */
export function targetReason(
  { after }: Pick<Target, "after">,
  { manifest, inputs, waitsFor }: TargetState,
): TargetExplanation {
  if (manifest === undefined) return { reason: { kind: "never-built" }, changes: [] };
  if (manifest.inputs === undefined) {
    const kind = waitsFor === undefined ? "not-recorded" : "after";
    return { reason: kind === "after" ? { kind, what: waitsFor ?? "" } : { kind }, changes: [] };
  }
  const all = changed(manifest.inputs, inputs);
  const changes = all.filter(({ field }) => !isMade(field, after));
  const fields = changes.map(({ field }) => field);
  const made = all.find(({ field }) => isMade(field, after))?.field;
  const what = waitsFor ?? (made === undefined ? undefined : (stepOfLayer(made) ?? made));
  if (what !== undefined)
    return { reason: { kind: "after", what, ...(fields.length > 0 ? { fields } : {}) }, changes };
  if (fields.length > 0) return { reason: { kind: "changed", fields }, changes };
  return { reason: { kind: "files-changed" }, changes };
}

/** What differs, in the order in which it is made. */
function changed(before: TargetInputs, now: TargetInputs): FieldChange[] {
  return [...new Set([...Object.keys(now), ...Object.keys(before)])]
    .filter((field) => before[field] !== now[field])
    .map((field) => ({ field, before: before[field], after: now[field] }));
}
