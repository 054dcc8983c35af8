import { randomUUID } from "node:crypto";
import { type Sha256, sha256 } from "@pibuild/core";
import type { LayerRecord } from "@pibuild/layers";
import { definitionDigest, type PlannedStep, planChain } from "@pibuild/pigen-runner";
import type { OpenImage } from "../open/open-image.ts";
import { isFresh } from "./manifest.ts";
import { artifactsKey, diskKey, payloadKey, stepsUntil } from "./target-keys.ts";
import { finalTargets, targetNames } from "./targets.ts";

/** The whole image against what exists. */
export interface ImagePlan {
  readonly steps: readonly PlannedStep[];
  /** Whether nothing at all has to be done. */
  readonly fresh: boolean;
  readonly disk: boolean;
  /** True as well where the image has none. */
  readonly payload: boolean;
  readonly artifacts: boolean;
}

/** Plans every step, the disk and the artifacts, without running anything. */
export async function planImage(open: OpenImage): Promise<ImagePlan> {
  const { context, image, output } = open;
  const steps = await planChain(context.store, image.name, open.steps, open.describe);
  const layers = steps.flatMap(({ record }) => record ?? []);
  if (layers.length < steps.length) {
    return { steps, fresh: false, disk: false, payload: false, artifacts: false };
  }
  const key = await diskKey(open, layers);
  const disk = await isFresh(output, "disk", key, image.sourceDateEpoch);
  const compressed = await artifactsKey(open, key);
  const artifacts = disk && (await isFresh(output, "artifacts", compressed, image.sourceDateEpoch));
  const payload =
    image.payload === undefined ||
    (disk && (await isFresh(output, "payload", payloadKey(open, key), image.sourceDateEpoch)));
  return { steps, disk, payload, artifacts, fresh: disk && payload && artifacts };
}

/**
 * A line for each target, which changes exactly when that target has to run: engines take it as the
 * target's input. A target whose result is missing or stale gets a new line every time, so that an
 * engine's own cache can never answer for bytes that are not there.
 */
export async function targetDigests(open: OpenImage): Promise<ReadonlyMap<string, Sha256>> {
  const plan = await planImage(open);
  return new Map(targetNames(open.image).map((target) => [target, digestOf(open, plan, target)]));
}

function digestOf(open: OpenImage, plan: ImagePlan, target: string): Sha256 {
  const final = finalTargets.find((name) => name === target);
  const upTo = final === undefined ? stepsUntil(open, target).length : undefined;
  const steps = plan.steps.slice(0, upTo);
  const cached = steps.every(({ record }) => record !== undefined);
  const fresh = final === undefined ? cached : plan[final];
  const definition = definitionDigest(steps.map((step) => step.definition));
  return sha256(fresh ? `${target} ${definition} ${layersOf(steps)}` : `${target} ${randomUUID()}`);
}

function layersOf(steps: readonly PlannedStep[]): string {
  return steps.map(({ record }: { record?: LayerRecord }) => record?.layer.digest).join(" ");
}
