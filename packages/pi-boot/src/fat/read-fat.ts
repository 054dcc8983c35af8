/** Bytes that can be read at any place: a disk, an image of one, or a partition. */
export interface ByteReader {
  /** The bytes from an offset on: fewer than `length`, or none, where they end before. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** A FAT as its first sector describes it. Places and lengths in bytes, from the start of the disk. */
export interface FatVolume {
  readonly type: "fat12" | "fat16" | "fat32";
  readonly label: string;
  /** 8 lower-case hexadecimal digits. */
  readonly volumeId: string;
  readonly clusterBytes: number;
  readonly clusters: number;
  readonly tableStart: number;
  /** Where the first copy of the table ends, and where the last. */
  readonly tableEnd: number;
  readonly tablesEnd: number;
  /** The root directory of FAT12 and FAT16 lies between tables and clusters. */
  readonly rootStart: number;
  /** The first cluster of a FAT32's root directory. */
  readonly rootCluster: number;
  readonly dataStart: number;
}

/** Below this many clusters a reader takes a FAT for FAT16: Microsoft's fatgen103, "FAT Type". */
export const minClusters = 65_525;
/** Above this many clusters a FAT is no FAT12 any more: fatgen103, "FAT Type Determination". */
const maxFat12Clusters = 4085;

/**
 * The FAT that begins at `start` and has at most `sizeBytes`, or undefined where there is none
 * whose numbers agree. Fields: Microsoft's fatgen103, "BPB".
 */
export async function readFatVolume(
  disk: ByteReader,
  start: number,
  sizeBytes: number,
): Promise<FatVolume | undefined> {
  const sector = await disk.read(start, 512);
  if (sector.length < 512 || sector.readUInt16LE(510) !== 0xaa55) return undefined;
  const sectorBytes = sector.readUInt16LE(11);
  const perCluster = sector.readUInt8(13);
  const reserved = sector.readUInt16LE(14);
  const copies = sector.readUInt8(16);
  if (![512, 1024, 2048, 4096].includes(sectorBytes) || ![1, 2].includes(copies)) return undefined;
  if (perCluster === 0 || (perCluster & (perCluster - 1)) !== 0 || reserved === 0) return undefined;
  const rootBytes = sector.readUInt16LE(17) * 32;
  const sectors = sector.readUInt16LE(19) || sector.readUInt32LE(32);
  const wide = sector.readUInt16LE(22) === 0;
  const tableBytes = (sector.readUInt16LE(22) || sector.readUInt32LE(36)) * sectorBytes;
  const tableStart = start + reserved * sectorBytes;
  const tablesEnd = tableStart + copies * tableBytes;
  const dataStart = tablesEnd + Math.ceil(rootBytes / sectorBytes) * sectorBytes;
  const clusterBytes = perCluster * sectorBytes;
  const end = start + sectors * sectorBytes;
  const clusters = Math.floor((end - dataStart) / clusterBytes);
  if (tableBytes === 0 || clusters < 1 || end > start + sizeBytes) return undefined;
  // The narrow form's fields lie where the wide form has a larger table.
  const at = wide ? 64 : 36;
  return {
    type: wide ? (clusters < minClusters ? "fat16" : "fat32") : narrowType(clusters),
    label: printable(sector.toString("latin1", at + 7, at + 18)),
    volumeId: sector
      .readUInt32LE(at + 3)
      .toString(16)
      .padStart(8, "0"),
    clusterBytes,
    clusters,
    tableStart,
    tableEnd: tableStart + tableBytes,
    tablesEnd,
    rootStart: tablesEnd,
    rootCluster: wide ? sector.readUInt32LE(44) : 0,
    dataStart,
  };
}

function narrowType(clusters: number): "fat12" | "fat16" {
  return clusters < maxFat12Clusters ? "fat12" : "fat16";
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").trimEnd();
}

/** A file in the root directory of a FAT. */
export interface FatFile {
  readonly bytes: number;
  /** Where its content begins, from the start of the disk. An empty file has no such place. */
  readonly offset: number;
  readonly firstCluster: number;
}

/** Many times what a boot partition has; a chain without an end must not keep a reader busy. */
const maxDirectoryBytes = 8192 * 32;

/** The file of a short name such as `CMDLINE.TXT` in the root directory, or undefined. */
export async function findRootFile(
  disk: ByteReader,
  volume: FatVolume,
  name: string,
): Promise<FatFile | undefined> {
  const [stem = "", extension = ""] = name.toUpperCase().split(".");
  const wanted = stem.padEnd(8) + extension.padEnd(3);
  for await (const piece of rootPieces(disk, volume)) {
    for (let at = 0; at + 32 <= piece.length; at += 32) {
      if (piece[at] === 0) return undefined;
      // 0x18: a directory, a label, or a part of a long name, which has both bits of a label.
      if ((piece.readUInt8(at + 11) & 0x18) !== 0) continue;
      if (piece.toString("latin1", at, at + 11) !== wanted) continue;
      const firstCluster = piece.readUInt16LE(at + 20) * 65_536 + piece.readUInt16LE(at + 26);
      const offset = volume.dataStart + (firstCluster - 2) * volume.clusterBytes;
      return { bytes: piece.readUInt32LE(at + 28), offset, firstCluster };
    }
  }
  return undefined;
}

/** The content of such a file, if it is there, whole, and no longer than `maxBytes`. */
export async function readRootFile(
  disk: ByteReader,
  volume: FatVolume,
  name: string,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const file = await findRootFile(disk, volume, name);
  if (file === undefined || file.bytes > maxBytes) return undefined;
  const pieces: Buffer[] = [];
  let missing = file.bytes;
  if (missing === 0) return Buffer.alloc(0);
  for await (const piece of chain(disk, volume, file.firstCluster, missing)) {
    pieces.push(piece.subarray(0, missing));
    missing -= Math.min(missing, piece.length);
    if (missing === 0) return Buffer.concat(pieces);
  }
  return undefined;
}

async function* rootPieces(disk: ByteReader, volume: FatVolume): AsyncGenerator<Buffer> {
  // As Linux tells them apart, whatever the number of clusters says.
  if (volume.rootCluster !== 0) yield* chain(disk, volume, volume.rootCluster, maxDirectoryBytes);
  else {
    const length = Math.min(volume.dataStart - volume.rootStart, maxDirectoryBytes);
    yield await disk.read(volume.rootStart, length);
  }
}

/** The clusters of a chain, until it ends, leads out of the volume, or has gone on for too long. */
async function* chain(
  disk: ByteReader,
  volume: FatVolume,
  first: number,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  const { clusterBytes, clusters, dataStart } = volume;
  let cluster = first;
  for (let seen = 0; seen < maxBytes; seen += clusterBytes) {
    if (cluster < 2 || cluster >= clusters + 2) return;
    yield await disk.read(dataStart + (cluster - 2) * clusterBytes, clusterBytes);
    cluster = await nextCluster(disk, volume, cluster);
  }
}

async function nextCluster(disk: ByteReader, volume: FatVolume, cluster: number): Promise<number> {
  const width = volume.type === "fat32" ? 4 : 2;
  const at = volume.tableStart + cluster * width;
  // Chains in FAT12 are not followed: no board boots from one.
  if (volume.type === "fat12" || at + width > volume.tableEnd) return 0;
  const entry = await disk.read(at, width);
  if (entry.length < width) return 0;
  return width === 4 ? entry.readUInt32LE(0) & 0x0fffffff : entry.readUInt16LE(0);
}
