import { mkdir, open, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { checkExt4Fits, makeExt4 } from "../ext4/make-ext4.ts";
import { checkFatFits, makeFat } from "../fat/make-fat.ts";
import { type PartitionIds, partitionIds } from "../ids/disk-ids.ts";
import { type DiskPlan, type PlannedPartition, partitionOf } from "../layout/disk-plan.ts";
import { openDisk } from "../read/disk-reader.ts";
import { readSlotCmdline, slotsOf } from "../slots/slot-cmdline.ts";
import { copySparse } from "./copy-sparse.ts";
import type { PartitionContent } from "./partition-content.ts";

export interface WritePartitionOptions {
  readonly disk: string;
  readonly partition: PlannedPartition;
  readonly content: PartitionContent;
  readonly seed: string;
  readonly sourceDateEpoch: number;
  readonly exec: Exec;
  readonly scratch: string;
  readonly allocated?: string | undefined;
}

/** Throws LAYOUT_INVALID for the first partition that cannot hold what goes into it. */
export function checkContentsFit<Role extends string>(
  plan: DiskPlan<Role>,
  contents: readonly PartitionContent<Role>[],
): void {
  for (const content of contents) {
    const partition = partitionOf(plan, content.role);
    if (content.kind === "ext4") checkExt4Fits(partition, content.ext4);
    if (content.kind === "fat32") checkFatFits(partition, content.fat);
  }
}

/** Writes one partition's filesystem into the disk file, at its place. A copy is left for later. */
export async function writePartition(options: WritePartitionOptions): Promise<void> {
  const { disk, partition, content, scratch, sourceDateEpoch } = options;
  if (content.kind === "copy") return;
  const source = content.source ?? (await emptyDirectory(scratch, content.role, sourceDateEpoch));
  const ids = idsOf(options);
  if (content.kind === "ext4") {
    return makeExt4({ ...options, source, ids, content: content.ext4 });
  }
  // In a file of its own, because fsck.vfat cannot look into the middle of one.
  const image = join(scratch, `${content.role}.img`);
  await makeFat({ ...options, image, source, ids, content: content.fat });
  await copySparse(image, disk, partition.startBytes);
}

/** Fills slot B with slot A's bytes; then the one sector that differs. */
export async function writeCopies<Role extends string>(
  disk: string,
  plan: DiskPlan<Role>,
  contents: readonly PartitionContent<Role>[],
  seed: string,
): Promise<void> {
  for (const content of contents) {
    if (content.kind !== "copy") continue;
    const { startBytes: start, sizeBytes: length } = partitionOf(plan, content.of);
    await copySparse(disk, disk, partitionOf(plan, content.role).startBytes, { start, length });
  }
  await using reader = await openDisk(disk);
  const { offsetBytes, b } = await readSlotCmdline(reader, plan, seed);
  const { startBytes } = partitionOf(plan, slotsOf(plan.layout).b.boot);
  await using file = await open(disk, "r+");
  await file.write(b, 0, b.length, startBytes + offsetBytes);
}

/** Slots of one kind have the same ids, and the same bytes by that. */
function idsOf({ partition, seed }: WritePartitionOptions): PartitionIds {
  return partitionIds(seed, partition.spec.idsFrom ?? partition.spec.role);
}

async function emptyDirectory(scratch: string, role: string, epoch: number): Promise<string> {
  const path = join(scratch, `${role}.empty`);
  await mkdir(path, { mode: 0o755 });
  await utimes(path, epoch, epoch);
  return path;
}
