import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type LayerRecord, mayLeave } from "@pibuild/layers";
import { againForLost, buildChain, prepareNamespace } from "@pibuild/pigen-runner";
import type { OpenImage } from "../open/open-image.ts";
import { dropOutputs } from "./drop-outputs.ts";
import {
  isFresh,
  type Manifest,
  type ProducedFile,
  readManifest,
  readResult,
  writeManifest,
} from "./manifest.ts";
import type { TargetInputs } from "./named-inputs.ts";
import { keyOf, layerInputs } from "./named-inputs.ts";
import { targetsOf } from "./registry.ts";
import { sendResult } from "./shared/send-result.ts";
import { takeResult } from "./shared/take-result.ts";
import { stepsUntil } from "./steps-until.ts";
import type { FileTarget } from "./target.ts";
import { targetReason } from "./target-reason.ts";
import { watchWriting } from "./watch-writing.ts";

/**
 * Brings a target's files from the remote cache, or makes them; or does nothing where they are there and
 * fresh. What stands in `dist/<image>` belongs together: the old files, and those that other targets made
 * from them, go before the first new byte.
 */
export async function bringFiles(open: OpenImage, target: FileTarget): Promise<void> {
  await againForLost(() => bringOnce(open, target));
}

async function bringOnce(open: OpenImage, target: FileTarget): Promise<void> {
  const { context, output } = open;
  const { made, layers, leaves } = await resultsBefore(open, target);
  const inputs = { ...made, ...(await target.inputs(open)) };
  const key = keyOf(target.name, inputs);
  if (await isFresh(open, target.name, key)) return;
  if (target.isIdle?.(layers)) {
    await dropOutputs(open, target);
    await writeManifest(output, { version: 1, target: target.name, key, inputs, files: [] });
    return;
  }
  if (await takeResult(open, target, { key, inputs })) return;

  const started = performance.now();
  const phase = target.name;
  const manifest = await readManifest(output, phase);
  context.emit({ type: "phase-started", phase, ...targetReason(target, { manifest, inputs }) });
  await mkdir(output, { recursive: true });
  await dropOutputs(open, target);
  const files = await makeWatched(open, target, layers);
  const result: Manifest = {
    ...{ version: 1, target: target.name, key, inputs, files },
    mayLeave: leaves,
  };
  await writeManifest(output, result);
  for (const file of files)
    context.emit({ type: "artifact-written", ...file, path: join(output, file.path) });
  context.emit({ type: "phase-finished", phase, durationMs: performance.now() - started });
  await sendResult(open, result);
}

interface ResultsBefore {
  readonly made: TargetInputs;
  readonly layers: readonly LayerRecord[];
  /** Whether all of it may leave this machine, and so what is made from it. */
  readonly leaves: boolean;
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
async function resultsBefore(open: OpenImage, { after }: FileTarget): Promise<ResultsBefore> {
  const made: Record<string, string> = {};
  let leaves = true;
  const layers: LayerRecord[] = [];
  for (const earlier of targetsOf(open.image).filter(({ name }) => after.includes(name))) {
    if (earlier.kind === "stage") {
      await prepareNamespace(open.context.exec, open.context.spec);
      layers.push(...(await buildChain({ ...open, steps: stepsUntil(open, earlier.name) })));
      Object.assign(made, layerInputs(layers));
    } else if (earlier.kind === "files") {
      made[earlier.name] = (await readResult(open.output, earlier.name)).key;
      leaves &&= (await readManifest(open.output, earlier.name))?.mayLeave === true;
    }
  }
  return { made, layers, leaves: leaves && layers.every(mayLeave) };
}
