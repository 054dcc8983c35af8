import { readFatVolume } from "@pibuild/pi-boot";
import type { DiskReader } from "./disk-reader.ts";
import { readExtVolume } from "./read-ext.ts";
import { type SuperblockType, superblockBytes, superblocks } from "./superblocks.ts";

/** What a partition holds, as its first bytes say. */
export interface Filesystem {
  readonly type: "fat12" | "fat16" | "fat32" | "ext2" | "ext3" | "ext4" | SuperblockType;
  readonly label?: string;
  /** A volume id of 8 digits, or a UUID. */
  readonly id?: string;
}

/** The filesystem that begins at `start`, or undefined where none of the known ones does. */
export async function readFilesystem(
  disk: DiskReader,
  start: number,
  sizeBytes: number,
): Promise<Filesystem | undefined> {
  const ext = await readExtVolume(disk, start, sizeBytes);
  if (ext !== undefined) return { type: ext.type, label: ext.label, id: ext.uuid };
  const fat = await readFatVolume(disk, start, sizeBytes);
  if (fat !== undefined) return { type: fat.type, label: fat.label, id: fat.volumeId };
  for (const { type, at, magic, label, id } of superblocks) {
    // What is behind a short partition's end is as if it were zero.
    const bytes = Buffer.alloc(superblockBytes);
    (await disk.read(start + at, superblockBytes)).copy(bytes);
    if (!magic(bytes)) continue;
    const said = { label: label?.(bytes) ?? "", id: id?.(bytes) ?? "" };
    return {
      type,
      ...(said.label === "" ? {} : { label: said.label }),
      ...(said.id === "" ? {} : { id: said.id }),
    };
  }
  return undefined;
}
