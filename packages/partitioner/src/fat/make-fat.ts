import { open, truncate } from "node:fs/promises";
import { join } from "node:path";
import { type Command, type Exec, formatBytes, PibuildError } from "@pibuild/core";
import type { PartitionIds } from "../ids/disk-ids.ts";
import type { PlannedPartition } from "../layout/disk-plan.ts";
import { sectorBytes } from "../layout/plan.ts";
import { clustersNeeded, type FatDirectory } from "./content.ts";
import { fatGeometry, minClusters, readFatGeometry } from "./geometry.ts";

export interface MakeFatOptions {
  /** The image of this filesystem alone, to be made. */
  readonly image: string;
  readonly partition: PlannedPartition;
  /** The directory that holds the files of `content`. */
  readonly source: string;
  readonly content: readonly FatDirectory[];
  readonly ids: PartitionIds;
  /** Seconds since 1970; the date of every file, in UTC. */
  readonly sourceDateEpoch: number;
  readonly exec: Exec;
}

/** Arguments to one mcopy: far below what Linux takes (128 KiB each, 2 MiB together). */
const filesPerCommand = 1000;

/**
 * Makes a FAT32 with the content of a directory and checks it with fsck.vfat.
 * Throws LAYOUT_INVALID where the partition is too small for FAT32 or for the content.
 */
export async function makeFat(options: MakeFatOptions): Promise<void> {
  const { image, partition, ids, exec, sourceDateEpoch } = options;
  const { role, label } = partition.spec;
  const { sectorsPerCluster } = fatGeometry(partition.sizeBytes, role);
  await (await open(image, "w")).close();
  await truncate(image, partition.sizeBytes);
  await exec.run({
    program: "mkfs.vfat",
    args: [
      ...["--invariant", "-F", "32", "-S", String(sectorBytes), "-s", String(sectorsPerCluster)],
      // A fixed geometry, and no hidden sectors: the bytes then depend on nothing but the size,
      // and stay right wherever on a disk they are put.
      ...["-g", "255/63", "-h", "0", "-i", ids.fatVolumeId, "-n", label, image],
    ],
  });
  await checkRoom(options);
  for (const command of copyCommands(options)) {
    await exec.run({
      ...command,
      env: { MTOOLS_SKIP_CHECK: "1", SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
    });
  }
  await exec.run({ program: "fsck.vfat", args: ["-n", image] });
}

/** Directories first, all in one call; then each directory's files. The order makes the bytes. */
function* copyCommands({ image, source, content }: MakeFatOptions): Generator<Command> {
  const directories = content.map(({ path }) => path).filter((path) => path !== "");
  if (directories.length > 0) {
    yield { program: "mmd", args: ["-i", image, ...directories.map((path) => `::/${path}`)] };
  }
  for (const { path, files } of content) {
    for (let start = 0; start < files.length; start += filesPerCommand) {
      const sources = files
        .slice(start, start + filesPerCommand)
        .map(({ name }) => join(source, path, name));
      yield { program: "mcopy", args: ["-Q", "-i", image, ...sources, `::/${path}`] };
    }
  }
}

async function checkRoom({ image, partition, content }: MakeFatOptions): Promise<void> {
  await using file = await open(image);
  const { clusters, sectorsPerCluster } = await readFatGeometry(file);
  if (clusters < minClusters) {
    throw new PibuildError("VERIFY_FAILED", {
      what: "FAT32 geometry",
      detail: `mkfs.vfat made ${clusters} clusters, FAT32 needs ${minClusters}`,
    });
  }
  const needed = clustersNeeded(content, sectorsPerCluster);
  if (needed <= clusters) return;
  const bytes = (count: number) => formatBytes(count * sectorsPerCluster * sectorBytes);
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `its content needs ${bytes(needed)}, it has room for ${bytes(clusters)}`,
    partition: partition.spec.role,
  });
}
