import type { FileHandle } from "node:fs/promises";
import { formatBytes, PibuildError } from "@pibuild/core";
import { minClusters } from "@pibuild/pi-boot";
import type { PartitionSpec } from "../layout/layout.ts";
import { sectorBytes } from "../layout/units.ts";

/** What a FAT32 consists of. */
export interface FatGeometry {
  readonly sectorsPerCluster: number;
  /** Clusters that can hold data. */
  readonly clusters: number;
}

/** Sectors in front of the first FAT, and copies of it: mkfs.fat's defaults for FAT32. */
const reservedSectors = 32;
const fatCopies = 2;
/** Raspberry Pi OS images have 4 or 1 sectors a cluster, so these are what firmware has met. */
const clusterSizes = [4, 1] as const;

/**
 * The geometry for a partition of that many bytes, with the larger clusters where they leave
 * enough of them, or with those that its layout wants. Throws LAYOUT_INVALID where even the smallest
 * do not: mkfs.vfat only warns, and readers would disagree about the type.
 */
export function fatGeometry(
  sizeBytes: number,
  { role, clusterSectors }: Pick<PartitionSpec, "role" | "clusterSectors">,
): FatGeometry {
  for (const sectorsPerCluster of clusterSectors === undefined ? clusterSizes : [clusterSectors]) {
    const clusters = countClusters(sizeBytes / sectorBytes, sectorsPerCluster);
    if (clusters >= minClusters) return { sectorsPerCluster, clusters };
  }
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `${formatBytes(sizeBytes)} are too small for FAT32, which needs ${minClusters} clusters (about ${(clusterSectors ?? 1) * 34} MiB)`,
    partition: role,
  });
}

function countClusters(sectors: number, perCluster: number): number {
  const available = sectors - reservedSectors;
  // Each cluster takes its own sectors and four bytes in each copy of the table.
  const each = perCluster + (fatCopies * 4) / sectorBytes;
  const fatSectors = Math.ceil(((available / each + 2) * 4) / sectorBytes);
  return Math.floor((available - fatCopies * fatSectors) / perCluster);
}

/** Reads the geometry out of a FAT's first sector: fatgen103, "BPB". */
export async function readFatGeometry(file: FileHandle): Promise<FatGeometry> {
  const sector = Buffer.alloc(sectorBytes);
  await file.read(sector, 0, sector.length, 0);
  const sectorsPerCluster = sector.readUInt8(13);
  const tables = sector.readUInt8(16) * sector.readUInt32LE(36);
  const data = sector.readUInt32LE(32) - sector.readUInt16LE(14) - tables;
  return { sectorsPerCluster, clusters: Math.floor(data / sectorsPerCluster) };
}
