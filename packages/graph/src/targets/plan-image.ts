import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Sha256 } from "@pibuild/core";
import type { LayerRecord } from "@pibuild/layers";
import { type PlannedStep, planChain } from "@pibuild/pigen-runner";
import type { OpenImage } from "../open/open-image.ts";
import { isFresh, readManifest } from "./manifest.ts";
import type { TargetInputs } from "./named-inputs.ts";
import { keyOf, layerInputs } from "./named-inputs.ts";
import { targetsOf } from "./registry.ts";
import { stepsUntil } from "./steps-until.ts";
import type { FileTarget, Target } from "./target.ts";

/** A target against what exists. */
export interface PlannedTarget {
  readonly target: Target;
  /** Whether nothing has to be done for it. */
  readonly fresh: boolean;
  /** Whether nothing comes of it, as far as that is known. */
  readonly idle?: boolean;
  /** All that a target with files depends on; of what earlier targets make, what is known already. */
  readonly inputs?: TargetInputs;
  /** The digest of that, where nothing before it has to run. */
  readonly key?: Sha256;
}

/** The whole image against what exists. */
export interface ImagePlan {
  readonly steps: readonly PlannedStep[];
  /** In order, by name. */
  readonly targets: ReadonlyMap<string, PlannedTarget>;
}

/** Plans every step and target, without running anything. */
export async function planImage(open: OpenImage): Promise<ImagePlan> {
  const { context, image } = open;
  const steps = await planChain(context.store, image.name, open.steps, open.describe);
  const targets = new Map<string, PlannedTarget>();
  for (const target of targetsOf(image)) {
    const before = target.after.flatMap((name) => targets.get(name) ?? []);
    targets.set(target.name, await planTarget(open, { target, before, steps }));
  }
  return { steps, targets };
}

interface Around {
  readonly target: Target;
  readonly before: readonly PlannedTarget[];
  readonly steps: readonly PlannedStep[];
}

async function planTarget(open: OpenImage, around: Around): Promise<PlannedTarget> {
  const { target, before, steps } = around;
  switch (target.kind) {
    case "host":
      return { target, fresh: true };
    case "once":
      return { target, fresh: false };
    case "group":
      return { target, fresh: before.every(({ fresh }) => fresh) };
    case "stage": {
      const fresh = layersUntil(open, steps, target.name) !== undefined;
      return { target, fresh };
    }
    case "files":
      return await planFiles(open, target, around);
  }
}

async function planFiles(
  open: OpenImage,
  target: FileTarget,
  { before, steps }: Around,
): Promise<PlannedTarget> {
  const made: Record<string, string> = {};
  const below: LayerRecord[] = [];
  let known = true;
  for (const { target: earlier, key } of before) {
    const layers = earlier.kind === "stage" ? layersUntil(open, steps, earlier.name) : undefined;
    if (earlier.kind === "stage") below.push(...recordsUntil(open, steps, earlier.name));
    if (layers !== undefined) Object.assign(made, layerInputs(layers));
    else if (key !== undefined) made[earlier.name] = key;
    else known = false;
  }
  const inputs = { ...made, ...(await target.inputs(open)) };
  const isThere = (name: string) => existsSync(join(open.output, name));
  const idle = target.isIdle?.(below) === true && !target.outputs(open.image).some(isThere);
  if (!known) return { target, fresh: false, idle, inputs };
  const key = keyOf(target.name, inputs);
  if (idle) return { target, fresh: true, idle, inputs, key };
  const brought = (await readManifest(open.output, target.name))?.brought === true;
  const ready = brought || before.every(({ fresh }) => fresh);
  const fresh = ready && (await isFresh(open, target.name, key));
  return { target, fresh, inputs, key };
}

/** The layers of the steps up to the end of a stage, where all are there. */
export function layersUntil(
  open: OpenImage,
  steps: readonly PlannedStep[],
  stage: string,
): LayerRecord[] | undefined {
  const layers = recordsUntil(open, steps, stage);
  return layers.length === stepsUntil(open, stage).length ? layers : undefined;
}

/** Those of them that are there. */
function recordsUntil(
  open: OpenImage,
  steps: readonly PlannedStep[],
  stage: string,
): LayerRecord[] {
  const upTo = steps.slice(0, stepsUntil(open, stage).length);
  return upTo.flatMap(({ record }) => record ?? []);
}
