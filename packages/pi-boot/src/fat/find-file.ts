import { type ByteReader, readFatVolume } from "./read-fat.ts";
import { findRootFile } from "./root-file.ts";

/** Where a file's content is, in bytes from the start of the filesystem. */
export interface FilePlace {
  readonly offset: number;
  readonly size: number;
}

/**
 * Finds a file of one cluster in the root directory of a FAT32, so that its content lies in one piece.
 * `name` is the 8.3 name. Nothing where there is no such file, or no FAT32.
 */
export async function findFile(
  volume: ByteReader & { readonly size: number },
  name: string,
): Promise<FilePlace | undefined> {
  const inside: ByteReader = {
    read: (offset, length) =>
      volume.read(offset, Math.max(0, Math.min(length, volume.size - offset))),
  };
  const fat = await readFatVolume(inside, 0, volume.size);
  if (fat === undefined || fat.rootCluster === 0) return undefined;
  const file = await findRootFile(inside, fat, name);
  if (file === undefined || file.bytes > fat.clusterBytes) return undefined;
  const { offset, bytes: size } = file;
  return offset >= fat.dataStart && offset + size <= volume.size ? { offset, size } : undefined;
}
