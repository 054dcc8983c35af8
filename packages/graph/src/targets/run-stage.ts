import { canonicalJson, sha256 } from "@pibuild/core";
import { buildChain } from "@pibuild/pigen-runner";
import type { OpenImage } from "../open/open-image.ts";
import { writeManifest } from "./manifest.ts";
import { stepsUntil } from "./target-keys.ts";

/** Makes sure that a stage, and all below it, has its layers, and writes its manifest. */
export async function runStage(open: OpenImage, stage: string): Promise<void> {
  const records = await buildChain({ ...open, steps: stepsUntil(open, stage) });
  const layers = records.map(({ layer }) => layer.digest);
  await writeManifest(open.output, {
    version: 1,
    target: stage,
    key: sha256(canonicalJson(layers)),
    layers,
  });
}
