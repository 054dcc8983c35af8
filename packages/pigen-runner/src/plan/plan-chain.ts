import {
  canonicalJson,
  type Fetch,
  type FieldChange,
  type Sha256,
  type StepReason,
  sha256,
} from "@pibuild/core";
import {
  chainDigest,
  explainChange,
  type FingerprintData,
  fingerprintOf,
  type LayerRecord,
  type Stays,
  type Store,
  type StoreAnswer,
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
  | { readonly cached: true; readonly record: LayerRecord; readonly fetches: readonly Fetch[] }
  | {
      readonly cached: false;
      readonly reason: StepReason;
      /** What is different from the last time that this step of this image had a layer. */
      readonly changes: readonly FieldChange[];
      readonly fingerprint: Sha256;
      readonly inputs: FingerprintData;
      /** Why the layer will stay on this machine. */
      readonly stays: Stays | undefined;
      readonly fetches: readonly Fetch[];
    };

/** Looks one step up, given the layers below it. `build`: see `RunContext`. */
export async function decide(
  { store, image, build }: { store: Store; image: string; build?: string | undefined },
  step: Step,
  definition: StepDefinition,
  below: readonly LayerRecord[],
): Promise<Decision> {
  const parent = chainDigest(below.map(({ layer }) => layer.digest));
  const inputs: FingerprintData = { ...definition.inputs, parent };
  const fingerprint = fingerprintOf(inputs);
  const stays = staysAbove(definition.stays, below);
  const { unknown, fetches } = definition;
  const answer =
    unknown === undefined
      ? await store.find(fingerprint)
      : await madeBy(build, { store, image, step, fingerprint });
  if (answer?.status === "hit") return { cached: true, record: answer.record, fetches };
  const latest = await store.latest(image, step.id);
  const changes = latest === undefined ? [] : explainChange(latest.inputs, inputs);
  const reason: StepReason =
    answer === undefined
      ? { kind: "inputs-unknown", detail: unknown ?? "" }
      : answer.why === "never-built"
        ? reasonOf(changes, below.at(-1)?.step)
        : { kind: answer.why };
  return { cached: false, reason, changes, fingerprint, inputs, stays, fetches };
}

/** What a step that runs in every build gave in this one: all that is made of it is made of one layer. */
async function madeBy(
  build: string | undefined,
  {
    store,
    image,
    step,
    fingerprint,
  }: { store: Store; image: string; step: Step; fingerprint: Sha256 },
): Promise<StoreAnswer | undefined> {
  const isOurs = (record: LayerRecord | undefined) =>
    build !== undefined && record?.build === build && record.fingerprint === fingerprint;
  if (!isOurs(await store.latest(image, step.id))) return undefined;
  const answer = await store.find(fingerprint);
  return answer.status === "hit" && isOurs(answer.record) ? answer : undefined;
}

/** A change of the layers below is told by the step that it comes from. */
function reasonOf(changes: readonly FieldChange[], parent: string | undefined): StepReason {
  if (changes.length === 0) return { kind: "never-built" };
  const all = changes.map(({ field }) => field);
  const fields = all.filter((field) => field !== "parent");
  if (parent === undefined || fields.length === all.length) return { kind: "changed", fields: all };
  return { kind: "parent-changes", parent, ...(fields.length > 0 ? { fields } : {}) };
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
      const reason = await reasonBehind(store, image, { step, definition, changing });
      plan.push({ step, definition, reason });
      continue;
    }
    const decision = await decide({ store, image }, step, definition, below);
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

interface Behind {
  readonly step: Step;
  readonly definition: StepDefinition;
  /** The first step that runs. */
  readonly changing: string;
}

/** Why a step runs that comes after one that does. */
async function reasonBehind(
  store: Store,
  image: string,
  { step, definition, changing }: Behind,
): Promise<StepReason> {
  const { unknown, inputs } = definition;
  if (unknown !== undefined) return { kind: "inputs-unknown", detail: unknown };
  const latest = await store.latest(image, step.id);
  if (latest === undefined) return { kind: "never-built" };
  const { parent } = latest.inputs;
  const own = explainChange(latest.inputs, { ...inputs, parent });
  return reasonOf([{ field: "parent", before: parent ?? "", after: undefined }, ...own], changing);
}

/** One digest for what a chain is made of; it changes exactly when a step's own inputs do. */
export function definitionDigest(definitions: readonly StepDefinition[]): Sha256 {
  return sha256(canonicalJson(definitions.map(({ inputs }) => inputs)));
}
