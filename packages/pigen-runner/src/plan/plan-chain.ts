import { canonicalJson, type Sha256, type StepReason, sha256 } from "@pibuild/core";
import {
  chainDigest,
  explainChange,
  type FingerprintData,
  fingerprintOf,
  type LayerRecord,
  type Stays,
  type Store,
  staysAbove,
} from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import type { DescribeStep, StepDefinition } from "./describe-step.ts";

/** A step with what the store says of it. */
export interface PlannedStep {
  readonly step: Step;
  /** Its inputs, but for the layers below. */
  readonly definition: StepDefinition;
  readonly reason: StepReason;
  /** The layer, where the step need not run. */
  readonly record?: LayerRecord;
}

/** What deciding about one step gives: the layer in the store, or the key under which to put it. */
export type Decision =
  | { readonly cached: true; readonly record: LayerRecord }
  | {
      readonly cached: false;
      readonly reason: StepReason;
      readonly fingerprint: Sha256;
      readonly inputs: FingerprintData;
      /** Why the layer will stay on this machine. */
      readonly stays: Stays | undefined;
    };

/** Looks one step up, given the layers below it. */
export async function decide(
  store: Store,
  image: string,
  step: Step,
  definition: StepDefinition,
  below: readonly LayerRecord[],
): Promise<Decision> {
  const parent = chainDigest(below.map(({ layer }) => layer.digest));
  const inputs: FingerprintData = { ...definition.inputs, parent };
  const fingerprint = fingerprintOf(inputs);
  const stays = staysAbove(definition.stays, below);
  const runs = (reason: StepReason): Decision => ({
    ...{ cached: false, reason, fingerprint, inputs, stays },
  });
  if (definition.unknown !== undefined) {
    return runs({ kind: "inputs-unknown", detail: definition.unknown });
  }
  const answer = await store.find(fingerprint);
  if (answer.status === "hit") return { cached: true, record: answer.record };
  if (answer.why !== "never-built") return runs({ kind: answer.why });
  const latest = await store.latest(image, step.id);
  const fields = latest ? explainChange(latest.inputs, inputs).map(({ field }) => field) : [];
  return runs(fields.length > 0 ? { kind: "changed", fields } : { kind: "never-built" });
}

/**
 * The whole chain against the store, without running anything. What follows the first step
 * that has to run is not known yet: its parent's layer may come out as it was, or not.
 */
export async function planChain(
  store: Store,
  image: string,
  steps: readonly Step[],
  describe: DescribeStep,
): Promise<PlannedStep[]> {
  const plan: PlannedStep[] = [];
  const below: LayerRecord[] = [];
  let changing: string | undefined;
  for (const step of steps) {
    const definition = await describe(step);
    if (changing !== undefined) {
      plan.push({ step, definition, reason: { kind: "parent-changes", parent: changing } });
      continue;
    }
    const decision = await decide(store, image, step, definition, below);
    if (decision.cached) {
      below.push(decision.record);
      plan.push({ step, definition, reason: { kind: "cached" }, record: decision.record });
    } else {
      changing = step.id;
      plan.push({ step, definition, reason: decision.reason });
    }
  }
  return plan;
}

/** One digest for what a chain is made of; it changes exactly when a step's own inputs do. */
export function definitionDigest(definitions: readonly StepDefinition[]): Sha256 {
  return sha256(canonicalJson(definitions.map(({ inputs }) => inputs)));
}
