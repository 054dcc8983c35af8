import { basename, join } from "node:path";
import { type Artifact, compressImage, writeBmap } from "@pibuild/artifacts";
import { openDisk, usedRanges } from "@pibuild/partitioner";
import type { OpenImage } from "../open/open-image.ts";
import { finishedDisk } from "./finished-disk.ts";
import { dropManifest, isFresh, writeManifest } from "./manifest.ts";
import { artifactsInputs } from "./target-inputs.ts";
import { artifactsKey } from "./target-keys.ts";

/** Compresses the assembled disk. Does nothing where the result is there and fresh. */
export async function runArtifacts({ image, context, output, versions }: OpenImage): Promise<void> {
  const { exec, emit } = context;
  const disk = await finishedDisk(output);
  const key = await artifactsKey({ image, versions }, disk.key);
  if (await isFresh(output, "artifacts", key, image.sourceDateEpoch)) return;

  const started = performance.now();
  await dropManifest(output, "artifacts");
  emit({ type: "phase-started", phase: "artifacts" });
  const { sourceDateEpoch, compression } = image;
  const [{ artifacts: compressed }, map] = await Promise.all([
    compressImage({
      ...{ image: disk.path, output: `${disk.path}.xz`, level: compression.level },
      ...{ sourceDateEpoch, exec },
    }),
    writeMap(disk.path, join(output, `${image.fileName}.bmap`), sourceDateEpoch),
  ]);
  const artifacts = [...compressed, map];
  const files = artifacts.map((file) => ({ ...file, path: basename(file.path) }));
  const inputs = await artifactsInputs({ image, versions }, disk.key);
  await writeManifest(output, { version: 1, target: "artifacts", key, inputs, files });
  for (const file of artifacts) emit({ type: "artifact-written", ...file });
  emit({ type: "phase-finished", phase: "artifacts", durationMs: performance.now() - started });
}

/** What of the image has to be written to a card. */
async function writeMap(image: string, output: string, sourceDateEpoch: number): Promise<Artifact> {
  await using disk = await openDisk(image);
  return writeBmap({ image, ranges: await usedRanges(disk), output, sourceDateEpoch });
}
