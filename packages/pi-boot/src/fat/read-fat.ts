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

/** The content that begins at a cluster, if the chain has that many bytes. */
export async function readChain(
  disk: ByteReader,
  volume: FatVolume,
  first: number,
  bytes: number,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let missing = bytes;
  if (missing === 0) return Buffer.alloc(0);
  for await (const piece of clusterChain(disk, volume, first, missing)) {
    pieces.push(piece.subarray(0, missing));
    missing -= Math.min(missing, piece.length);
    if (missing === 0) return Buffer.concat(pieces);
  }
  return undefined;
}

/** The clusters of a chain, until it ends, leads out of the volume, or has gone on for too long. */
export async function* clusterChain(
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
  const bits = { fat12: 12, fat16: 16, fat32: 32 }[volume.type];
  const at = volume.tableStart + Math.floor((cluster * bits) / 8);
  const width = Math.ceil(bits / 8);
  if (at + width > volume.tableEnd) return 0;
  const entry = await disk.read(at, width);
  if (entry.length < width) return 0;
  if (bits === 32) return entry.readUInt32LE(0) & 0x0fffffff;
  // Two of a FAT12's entries share three bytes.
  if (bits === 12)
    return cluster % 2 === 0 ? entry.readUInt16LE(0) & 0xfff : entry.readUInt16LE(0) >> 4;
  return entry.readUInt16LE(0);
}
