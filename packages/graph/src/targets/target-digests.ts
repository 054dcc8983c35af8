import { randomUUID } from "node:crypto";
import { type Sha256, sha256 } from "@pibuild/core";
import { definitionDigest } from "@pibuild/pigen-runner";
import type { OpenImage } from "../open/open-image.ts";
import { type ImagePlan, layersUntil, type PlannedTarget, planImage } from "./plan-image.ts";

/**
 * A line for each target whose result is kept, which changes exactly when that target has to run: engines take it as the
 * target's input. A target whose result is missing or stale gets a new line every time, so that an
 * engine's own cache can never answer for bytes that are not there.
 */
export async function targetDigests(open: OpenImage): Promise<ReadonlyMap<string, Sha256>> {
  const plan = await planImage(open);
  const kept = [...plan.targets].filter(
    ([, { target }]) => target.kind === "stage" || target.kind === "files",
  );
  return new Map(kept.map(([name, target]) => [name, digestOf(open, plan, target)]));
}

function digestOf(open: OpenImage, plan: ImagePlan, { target, fresh, key }: PlannedTarget): Sha256 {
  const { name } = target;
  if (!fresh) return sha256(`${name} ${randomUUID()}`);
  if (target.kind !== "stage") return sha256(`${name} ${key ?? ""}`);
  const layers = layersUntil(open, plan.steps, name) ?? [];
  const definitions = plan.steps.slice(0, layers.length).map((step) => step.definition);
  const digests = layers.map(({ layer }) => layer.digest);
  return sha256(`${name} ${definitionDigest(definitions)} ${digests.join(" ")}`);
}
