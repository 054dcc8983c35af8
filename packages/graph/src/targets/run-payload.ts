import { rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import { buildPayload } from "@pibuild/kn86fw";
import {
  layoutDigest,
  openDisk,
  partitionOf,
  readSlotCmdline,
  slotsOf,
} from "@pibuild/partitioner";
import { abPlan } from "../disk/disk-layout.ts";
import type { OpenImage } from "../open/open-image.ts";
import { finishedDisk } from "./finished-disk.ts";
import { dropManifest, isFresh, writeManifest } from "./manifest.ts";
import { payloadInputs } from "./target-inputs.ts";
import { payloadKey } from "./target-keys.ts";

/**
 * Makes `dist/<image>/<IMG_NAME>.kn86fw` of the disk's first slot, without signatures. Does nothing
 * where it is there and fresh, or the image asks for none.
 */
export async function runPayload({ image, context, output }: OpenImage): Promise<void> {
  const { emit } = context;
  const { payload, sourceDateEpoch } = image;
  if (payload === undefined) return;
  const disk = await finishedDisk(output);
  const key = payloadKey({ image }, disk.key);
  if (await isFresh(output, "payload", key, sourceDateEpoch)) return;

  const started = performance.now();
  await dropManifest(output, "payload");
  emit({ type: "phase-started", phase: "payload" });
  const name = `${image.fileName}.kn86fw`;
  const path = join(output, name);
  await rm(path, { force: true });
  await writePayload({ image, disk: disk.path, path, payload });
  await utimes(path, sourceDateEpoch, sourceDateEpoch);
  const file = { bytes: (await stat(path)).size, sha256: await sha256File(path) };
  await writeManifest(output, {
    version: 1,
    target: "payload",
    key,
    inputs: payloadInputs({ image }, disk.key),
    files: [{ ...file, path: name }],
  });
  emit({ type: "artifact-written", ...file, path });
  emit({ type: "phase-finished", phase: "payload", durationMs: performance.now() - started });
}

interface PayloadParts {
  readonly image: OpenImage["image"];
  /** The assembled disk. */
  readonly disk: string;
  readonly path: string;
  readonly payload: NonNullable<OpenImage["image"]["payload"]>;
}

/** The partitions of slot A are read where they are, in the image of the disk. */
async function writePayload({ image, disk, path, payload }: PayloadParts): Promise<void> {
  const plan = abPlan(image.disk);
  const { a } = slotsOf(plan.layout);
  const region = (role: string) => {
    const { startBytes, sizeBytes } = partitionOf(plan, role);
    return { path: disk, offset: startBytes, size: sizeBytes };
  };
  await using reader = await openDisk(disk);
  const { offsetBytes, ...forms } = await readSlotCmdline(reader, plan, image.disk.seed);
  const { compatible, version, securityEpoch, boards, level } = payload;
  await buildPayload({
    output: path,
    description: {
      compatible,
      version,
      securityEpoch,
      boards,
      layout: layoutDigest(plan),
      createdAt: image.sourceDateEpoch,
    },
    boot: region(a.boot),
    root: region(a.root),
    cmdline: { offset: offsetBytes, ...forms },
    level,
  });
}
