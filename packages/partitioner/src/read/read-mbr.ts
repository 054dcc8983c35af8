import { decodeMbr, type Mbr, type MbrEntry } from "../table/mbr.ts";
import type { DiskReader } from "./disk-reader.ts";
import type { SeenPartition, TableProblem, TableView } from "./seen.ts";

const sectorBytes = 512;
const containers = [0x05, 0x0f, 0x85];
export const protectiveType = 0xee;
/** Linux stops there, too (DISK_MAX_PARTS, less what has other numbers). */
const maxPartitions = 128;
const firstLogical = 5;

/** An MBR's own sector and what its container leads to. */
export interface ReadMbr {
  readonly sector: Mbr;
  readonly view: TableView;
  readonly problems: readonly TableProblem[];
}

/** The MBR of a disk, or undefined where there is none. */
export async function readMbr(disk: DiskReader): Promise<ReadMbr | undefined> {
  const bytes = await disk.read(0, sectorBytes);
  const sector = decode(bytes);
  if (sector === undefined) return undefined;
  const problems: TableProblem[] = [];
  const partitions = sector.entries.flatMap((entry, index): SeenPartition[] =>
    entry === undefined || entry.type === protectiveType
      ? []
      : [seen(sector.diskId, index + 1, entry, 0)],
  );
  const container = sector.entries.find((entry) => entry && containers.includes(entry.type));
  if (container !== undefined) {
    partitions.push(...(await readChain(disk, sector.diskId, container, problems)));
  }
  return { sector, view: { id: sector.diskId, partitions }, problems };
}

/** Whether an entry is the container that those with numbers from 5 on are in. */
export function isContainer({ type }: SeenPartition): boolean {
  return containers.includes(Number(type));
}

/**
 * The partitions in a container. Each of their sectors leads to the next one, counted from the
 * container's start; what a chain repeats is read once.
 */
async function readChain(
  disk: DiskReader,
  diskId: string,
  container: MbrEntry,
  problems: TableProblem[],
): Promise<SeenPartition[]> {
  const partitions: SeenPartition[] = [];
  const visited = new Set<number>();
  let at: number | undefined = container.startSector;
  while (at !== undefined) {
    const sector: number = at;
    const link = visited.has(sector)
      ? undefined
      : decode(await disk.read(sector * sectorBytes, sectorBytes));
    visited.add(sector);
    if (link === undefined || partitions.length === maxPartitions) {
      problems.push({ kind: "chain", sector });
      break;
    }
    const own = link.entries.find((entry) => entry && !containers.includes(entry.type));
    if (own !== undefined) {
      partitions.push(seen(diskId, firstLogical + partitions.length, own, sector));
    }
    const next = link.entries.find((entry) => entry && containers.includes(entry.type));
    at = next === undefined ? undefined : container.startSector + next.startSector;
  }
  return partitions;
}

/** A sector of a filesystem ends like an MBR; only a table's entries begin with 00 or 80. */
function decode(bytes: Buffer): Mbr | undefined {
  if (bytes.length < sectorBytes || bytes.readUInt16LE(510) !== 0xaa55) return undefined;
  const flags = [0, 1, 2, 3].map((index) => bytes.readUInt8(446 + index * 16));
  return flags.every((flag) => flag === 0 || flag === 0x80) ? decodeMbr(bytes) : undefined;
}

function seen(diskId: string, number: number, entry: MbrEntry, base: number): SeenPartition {
  return {
    number,
    startBytes: (base + entry.startSector) * sectorBytes,
    sizeBytes: entry.sectors * sectorBytes,
    type: `0x${entry.type.toString(16).padStart(2, "0")}`,
    partuuid: `${diskId}-${number.toString(16).padStart(2, "0")}`,
  };
}
