import { type FatEntry, fatEntries } from "./fat-directory.ts";
import type { ByteReader } from "./read-fat.ts";
import { type FatVolume, readChain } from "./read-fat.ts";

/** A file in the root directory of a FAT. */
export interface FatFile {
  readonly bytes: number;
  /** Where its content begins, from the start of the disk. An empty file has no such place. */
  readonly offset: number;
  readonly firstCluster: number;
}

/** The file of a short name such as `CMDLINE.TXT` in the root directory, or undefined. */
export async function findRootFile(
  disk: ByteReader,
  volume: FatVolume,
  name: string,
): Promise<FatFile | undefined> {
  const entry = await findRootEntry(disk, volume, name);
  if (entry === undefined) return undefined;
  const { bytes, firstCluster } = entry;
  const offset = volume.dataStart + (firstCluster - 2) * volume.clusterBytes;
  return { bytes, offset, firstCluster };
}

/** The content of such a file, if it is there, whole, and no longer than `maxBytes`. */
export async function readRootFile(
  disk: ByteReader,
  volume: FatVolume,
  name: string,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const file = await findRootEntry(disk, volume, name);
  if (file === undefined || file.bytes > maxBytes) return undefined;
  return await readChain(disk, volume, file.firstCluster, file.bytes);
}

async function findRootEntry(
  disk: ByteReader,
  volume: FatVolume,
  name: string,
): Promise<FatEntry | undefined> {
  for await (const entry of fatEntries(disk, volume))
    if (!entry.isDirectory && entry.shortName === name.toUpperCase()) return entry;
  return undefined;
}
