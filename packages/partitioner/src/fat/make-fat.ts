import { mkdir, open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, type Exec, formatBytes, PibuildError } from "@pibuild/core";
import { minClusters } from "@pibuild/pi-boot";
import type { PartitionIds } from "../ids/disk-ids.ts";
import type { PlannedPartition } from "../layout/disk-plan.ts";
import { sectorBytes } from "../layout/units.ts";
import { clustersNeeded, type FatDirectory } from "./content.ts";
import { type FatGeometry, fatGeometry, readFatGeometry } from "./geometry.ts";

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
  const { sectorsPerCluster } = fatGeometry(partition.sizeBytes, partition.spec);
  await (await open(image, "w")).close();
  await truncate(image, partition.sizeBytes);
  await exec.run({
    program: "mkfs.vfat",
    args: [
      ...["--invariant", "-F", "32", "-S", String(sectorBytes), "-s", String(sectorsPerCluster)],
      // A fixed geometry, and no hidden sectors: the bytes then depend on nothing but the size,
      // and stay right wherever on a disk they are put.
      ...["-g", "255/63", "-h", "0", "-i", ids.fatVolumeId, "-n", partition.spec.label, image],
    ],
  });
  await checkClusters(options);
  await writeOwnFiles(options);
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
        .map(({ name, data }) => join(data === undefined ? source : ownFiles(image), path, name));
      yield { program: "mcopy", args: ["-Q", "-i", image, ...sources, `::/${path}`] };
    }
  }
}

/** Where files lie that are in no tree, until they are in the image. */
function ownFiles(image: string): string {
  return `${image}.files`;
}

async function writeOwnFiles({ image, content }: MakeFatOptions): Promise<void> {
  for (const { path, files } of content) {
    for (const { name, data } of files) {
      if (data === undefined) continue;
      await mkdir(join(ownFiles(image), path), { recursive: true });
      await writeFile(join(ownFiles(image), path, name), data);
    }
  }
}

/** Throws LAYOUT_INVALID where a partition cannot hold a FAT32, or not with this content. */
export function checkFatFits(
  { spec, sizeBytes }: PlannedPartition,
  content: readonly FatDirectory[],
): void {
  requireRoom(spec.role, content, fatGeometry(sizeBytes, spec));
}

/** mkfs.vfat has its own way to round. */
async function checkClusters({ image, partition, content }: MakeFatOptions): Promise<void> {
  await using file = await open(image);
  const made = await readFatGeometry(file);
  if (made.clusters < minClusters) {
    throw new PibuildError("VERIFY_FAILED", {
      what: "FAT32 geometry",
      detail: `mkfs.vfat made ${made.clusters} clusters, FAT32 needs ${minClusters}`,
    });
  }
  requireRoom(partition.spec.role, content, made);
}

function requireRoom(
  role: string,
  content: readonly FatDirectory[],
  { clusters, sectorsPerCluster }: FatGeometry,
): void {
  const needed = clustersNeeded(content, sectorsPerCluster);
  if (needed <= clusters) return;
  const bytes = (count: number) => formatBytes(count * sectorsPerCluster * sectorBytes);
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `its content needs ${bytes(needed)}, it has room for ${bytes(clusters)}`,
    partition: role,
  });
}
