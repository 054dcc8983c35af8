import type { Source } from "@pibuild/kn86fw";

const sectorBytes = 512;
const entryBytes = 32;
/** Bits of an entry's attributes: a volume's label, a directory. */
const notAFile = 0x18;
/** From here on, a cluster's entry in the table ends the chain. */
const chainEnd = 0x0ffffff8;

/** Where a file's content is, in bytes from the start of the filesystem. */
export interface FilePlace {
  readonly offset: number;
  readonly size: number;
}

/**
 * Finds a file of one cluster in the root directory of a FAT32 (Microsoft's FAT specification,
 * section 3 to 6). `name` is the 8.3 name in upper case. Nothing where there is none, or no FAT32.
 */
export async function findFile(volume: Source, name: string): Promise<FilePlace | undefined> {
  const boot = await volume.read(0, sectorBytes);
  const clusterBytes = boot.readUInt8(13) * sectorBytes;
  const reserved = boot.readUInt16LE(14);
  const tableSectors = boot.readUInt32LE(36);
  const isFat32 = boot.readUInt16LE(510) === 0xaa55 && boot.readUInt16LE(11) === sectorBytes;
  if (!isFat32 || clusterBytes === 0 || tableSectors === 0) return undefined;
  const data = (reserved + boot.readUInt8(16) * tableSectors) * sectorBytes;
  const offsetOf = (cluster: number) => data + (cluster - 2) * clusterBytes;
  const fits = (offset: number, length: number) => offset >= 0 && offset + length <= volume.size;

  let cluster = boot.readUInt32LE(44);
  // A directory cannot have more clusters than the table has entries: a loop ends, too.
  for (let left = (tableSectors * sectorBytes) / 4; left > 0; left--) {
    if (cluster < 2 || cluster >= chainEnd || !fits(offsetOf(cluster), clusterBytes))
      return undefined;
    const directory = await volume.read(offsetOf(cluster), clusterBytes);
    for (let at = 0; at < clusterBytes; at += entryBytes) {
      const entry = directory.subarray(at, at + entryBytes);
      if (entry[0] === 0) return undefined;
      if (!isNamed(entry, name)) continue;
      const first = (entry.readUInt16LE(20) << 16) | entry.readUInt16LE(26);
      const place = { offset: offsetOf(first), size: entry.readUInt32LE(28) };
      return place.size <= clusterBytes && fits(place.offset, place.size) ? place : undefined;
    }
    const next = reserved * sectorBytes + cluster * 4;
    if (!fits(next, 4)) return undefined;
    cluster = (await volume.read(next, 4)).readUInt32LE(0) & 0x0fffffff;
  }
  return undefined;
}

function isNamed(entry: Buffer, name: string): boolean {
  const [base = "", extension = ""] = name.split(".");
  const stored = `${base.padEnd(8)}${extension.padEnd(3)}`;
  return entry.toString("latin1", 0, 11) === stored && ((entry[11] as number) & notAFile) === 0;
}
