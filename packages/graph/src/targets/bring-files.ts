import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { dropParts } from "@pibuild/core";
import type { LayerRecord } from "@pibuild/layers";
import { buildChain, prepareNamespace } from "@pibuild/pigen-runner";
import type { OpenImage } from "../open/open-image.ts";
import { dependentsOf } from "./lock-outputs.ts";
import {
  dropManifest,
  isFresh,
  type ProducedFile,
  readManifest,
  readResult,
  writeManifest,
} from "./manifest.ts";
import type { TargetInputs } from "./named-inputs.ts";
import { keyOf, layerInputs } from "./named-inputs.ts";
import { targetsOf } from "./registry.ts";
import { stepsUntil } from "./steps-until.ts";
import type { FileTarget } from "./target.ts";
import { targetReason } from "./target-reason.ts";
import { watchWriting } from "./watch-writing.ts";

/**
 * Makes a target's files, or does nothing where they are there and fresh. What stands in `dist/<image>`
 * belongs together: the old files, and those that other targets made from them, go before the first
 * new byte.
 */
export async function bringFiles(open: OpenImage, target: FileTarget): Promise<void> {
  const { image, context, output } = open;
  const { made, layers } = await resultsBefore(open, target);
  const inputs = { ...made, ...(await target.inputs(open)) };
  const key = keyOf(target.name, inputs);
  if (await isFresh(open, target.name, key)) return;

  const started = performance.now();
  const phase = target.name;
  const manifest = await readManifest(output, phase);
  context.emit({ type: "phase-started", phase, ...targetReason(target, { manifest, inputs }) });
  await mkdir(output, { recursive: true });
  // The manifests of what was made from it stay: `pibuild why` tells what changed since.
  await dropManifest(output, target.name);
  for (const each of [...dependentsOf(target, targetsOf(image)), target]) {
    for (const path of each.outputs(image).map((name) => join(output, name))) {
      await rm(path, { recursive: true, force: true });
      await dropParts(path);
    }
  }
  const files = await makeWatched(open, target, layers);
  await writeManifest(output, { version: 1, target: target.name, key, inputs, files });
  for (const file of files)
    context.emit({ type: "artifact-written", ...file, path: join(output, file.path) });
  context.emit({ type: "phase-finished", phase, durationMs: performance.now() - started });
}

/** Makes the files, and says how far that is. */
async function makeWatched(
  open: OpenImage,
  target: FileTarget,
  layers: readonly LayerRecord[],
): Promise<ProducedFile[]> {
  const { image, context, output } = open;
  const phase = target.name;
  let knows = false;
  using _watch = watchWriting(output, target.outputs(image), (bytes) => {
    if (!knows) context.emit({ type: "phase-progress", phase, bytes });
  });
  return await target.make(open, layers, (bytes, totalBytes) => {
    knows = true;
    context.emit({ type: "phase-progress", phase, bytes, totalBytes });
  });
}

/** What the targets before one have made: the layers of a stage, or what files were made from. */
async function resultsBefore(
  open: OpenImage,
  { after }: FileTarget,
): Promise<{ made: TargetInputs; layers: readonly LayerRecord[] }> {
  const made: Record<string, string> = {};
  const layers: LayerRecord[] = [];
  for (const earlier of targetsOf(open.image).filter(({ name }) => after.includes(name))) {
    if (earlier.kind === "stage") {
      await prepareNamespace(open.context.exec, open.context.spec);
      layers.push(...(await buildChain({ ...open, steps: stepsUntil(open, earlier.name) })));
      Object.assign(made, layerInputs(layers));
    } else if (earlier.kind === "files") {
      made[earlier.name] = (await readResult(open.output, earlier.name)).key;
    }
  }
  return { made, layers };
}
