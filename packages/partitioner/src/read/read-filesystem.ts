import { readFatVolume } from "@pibuild/pi-boot";
import type { DiskReader } from "./disk-reader.ts";
import { readExtVolume } from "./read-ext.ts";

/** What a partition holds, as its first bytes say. */
export interface Filesystem {
  readonly type:
    | "fat12"
    | "fat16"
    | "fat32"
    | "ext2"
    | "ext3"
    | "ext4"
    | "squashfs"
    | "erofs"
    | "swap";
  readonly label?: string;
  /** A volume id of 8 digits, or a UUID. */
  readonly id?: string;
}

/** Kinds of which nothing but the name is told, by what they have at an offset. */
const others: readonly [type: Filesystem["type"], offset: number, bytes: string][] = [
  ["squashfs", 0, "hsqs"],
  ["erofs", 1024, "\xe2\xe1\xf5\xe0"],
  ["swap", 4086, "SWAPSPACE2"],
];

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
  for (const [type, offset, bytes] of others) {
    const found = await disk.read(start + offset, bytes.length);
    if (found.toString("latin1") === bytes) return { type };
  }
  return undefined;
}
