import { basename, join } from "node:path";
import { compressImage } from "@pibuild/artifacts";
import { PibuildError } from "@pibuild/core";
import type { OpenImage } from "../open/open-image.ts";
import { dropManifest, isFresh, manifestPath, readManifest, writeManifest } from "./manifest.ts";
import { artifactsKey } from "./target-keys.ts";

/** Compresses the assembled disk. Does nothing where the result is there and fresh. */
export async function runArtifacts({ image, context, output, versions }: OpenImage): Promise<void> {
  const { exec, emit } = context;
  const disk = await readManifest(output, "disk");
  const raw = disk?.files?.[0];
  if (disk === undefined || raw === undefined) {
    const file = manifestPath(output, "disk");
    throw new PibuildError("CONFIG_MISSING", { file, what: "the disk's manifest" });
  }
  const key = await artifactsKey({ image, versions }, disk.key);
  if (await isFresh(output, "artifacts", key, image.sourceDateEpoch)) return;

  const started = performance.now();
  await dropManifest(output, "artifacts");
  emit({ type: "phase-started", phase: "artifacts" });
  const { artifacts } = await compressImage({
    image: join(output, raw.path),
    output: join(output, `${raw.path}.xz`),
    level: image.compression.level,
    sourceDateEpoch: image.sourceDateEpoch,
    exec,
  });
  const files = artifacts.map((file) => ({ ...file, path: basename(file.path) }));
  await writeManifest(output, { version: 1, target: "artifacts", key, files });
  for (const file of artifacts) emit({ type: "artifact-written", ...file });
  emit({ type: "phase-finished", phase: "artifacts", durationMs: performance.now() - started });
}
