import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, PibuildError, pathText, sha256 } from "@pibuild/core";
import {
  type FingerprintData,
  fingerprintOf,
  type LayerRecord,
  packLayer,
  walk,
} from "@pibuild/layers";
import { bind } from "../run/prepare-namespace.ts";
import type { RunContext } from "../run/run-context.ts";

/** What the layer of a given root filesystem is called in records. */
const rootStep = "root";

/**
 * A root filesystem that is there already as the bottom layer: packed once, and again when a file's
 * identity, size or time is another. Throws CONFIG_MISSING where there is no such directory.
 */
export async function rootLayer(context: RunContext, root: string): Promise<LayerRecord> {
  const { spec, exec, store, scratch } = context;
  const inputs = rootInputs(context, root);
  const fingerprint = fingerprintOf(inputs);
  const answer = await store.find(fingerprint);
  if (answer.status === "hit") return answer.record;
  const started = performance.now();
  await using run = await scratch.openRun();
  const directory = join(run.path, "layer");
  await mkdir(directory);
  await bind(exec, root, join(directory, "rootfs"));
  const packed = join(run.path, "layer.squashfs");
  try {
    await packLayer(exec, { directory, output: packed, sourceDateEpoch: spec.sourceDateEpoch });
  } finally {
    await exec.run({ program: "umount", args: [join(directory, "rootfs")] });
  }
  const durationMs = Math.round(performance.now() - started);
  const record = { fingerprint, image: spec.name, step: rootStep, inputs, durationMs };
  // Nobody else has this directory.
  return await store.put(packed, { ...record, stays: "machine", deploys: false });
}

/** The tree counts by what `lstat` says of each file: reading all would take longer than packing it. */
function rootInputs({ spec }: RunContext, root: string): FingerprintData {
  const listing: unknown[] = [];
  try {
    for (const { inside, stats } of walk(root))
      listing.push([
        pathText(inside),
        stats.ino,
        stats.mode,
        stats.uid,
        stats.gid,
        stats.size,
        stats.ctimeMs,
      ]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new PibuildError("CONFIG_MISSING", { file: root, what: "the root filesystem" });
  }
  return {
    ...{ format: 1, parent: null, step: rootStep, files: [], settings: {} },
    ...{ arch: spec.arch, release: spec.release, sourceDateEpoch: spec.sourceDateEpoch },
    ...{ scripts: sha256(canonicalJson(listing)), normalisation: "", tools: {} },
  };
}
