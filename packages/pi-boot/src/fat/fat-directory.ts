import type { ByteReader } from "./read-fat.ts";
import { clusterChain, type FatVolume } from "./read-fat.ts";

/** A file or directory of a FAT, as its directory has it. */
export interface FatEntry {
  /** The long name, where it has one. */
  readonly name: string;
  readonly shortName: string;
  readonly isDirectory: boolean;
  readonly bytes: number;
  readonly firstCluster: number;
}

/** Many times what a boot partition has; a chain without an end must not keep a reader busy. */
const maxDirectoryBytes = 8192 * 32;
/* Attributes and fields: Microsoft's fatgen103, "FAT Directory Structure" and "FAT Long Directory Entries". */
const longName = 0x0f;
const label = 0x08;
const directory = 0x10;
const deleted = 0xe5;
/** Where the 13 UTF-16 units of a piece of a long name are. */
const units = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/** What is in a directory; without a cluster, in the root. */
export async function* fatEntries(
  disk: ByteReader,
  volume: FatVolume,
  cluster?: number,
): AsyncGenerator<FatEntry> {
  let pieces: { readonly text: string; readonly checksum: number }[] = [];
  for await (const bytes of directoryPieces(disk, volume, cluster)) {
    for (let at = 0; at + 32 <= bytes.length; at += 32) {
      const entry = bytes.subarray(at, at + 32);
      const attributes = entry.readUInt8(11) & 0x3f;
      if (entry[0] === 0) return;
      if (entry[0] !== deleted && attributes === longName) {
        // The last piece comes first, and has a bit of its own.
        if ((entry.readUInt8(0) & 0x40) !== 0) pieces = [];
        pieces.unshift({ text: pieceText(entry), checksum: entry.readUInt8(13) });
        continue;
      }
      const checksum = shortChecksum(entry);
      const name = pieces.every((piece) => piece.checksum === checksum) ? pieces : [];
      pieces = [];
      if (entry[0] === deleted || (attributes & label) !== 0) continue;
      const shortName = shortText(entry);
      yield {
        ...{ name: name.map(({ text }) => text).join("") || shortName.toLowerCase(), shortName },
        isDirectory: (attributes & directory) !== 0,
        bytes: entry.readUInt32LE(28),
        firstCluster:
          (volume.type === "fat32" ? entry.readUInt16LE(20) * 65_536 : 0) + entry.readUInt16LE(26),
      };
    }
  }
}

async function* directoryPieces(
  disk: ByteReader,
  volume: FatVolume,
  cluster: number | undefined,
): AsyncGenerator<Buffer> {
  if (cluster !== undefined && cluster !== 0) {
    yield* clusterChain(disk, volume, cluster, maxDirectoryBytes);
    // As Linux tells them apart, whatever the number of clusters says.
  } else if (volume.rootCluster !== 0) {
    yield* clusterChain(disk, volume, volume.rootCluster, maxDirectoryBytes);
  } else {
    const length = Math.min(volume.dataStart - volume.rootStart, maxDirectoryBytes);
    yield await disk.read(volume.rootStart, length);
  }
}

function pieceText(entry: Buffer): string {
  const codes = units.map((at) => entry.readUInt16LE(at));
  const end = codes.indexOf(0);
  return String.fromCharCode(...(end === -1 ? codes : codes.slice(0, end)));
}

function shortText(entry: Buffer): string {
  const part = (from: number, to: number) => entry.toString("latin1", from, to).trimEnd();
  const [stem, extension] = [part(0, 8), part(8, 11)];
  return extension === "" ? stem : `${stem}.${extension}`;
}

function shortChecksum(entry: Buffer): number {
  let sum = 0;
  for (const byte of entry.subarray(0, 11)) sum = (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff;
  return sum;
}
