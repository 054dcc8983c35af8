import { readFatVolume } from "@pibuild/pi-boot";
import { MiB } from "../layout/units.ts";
import { type BootChoice, bootChoice, type FatPartition } from "./boot-choice.ts";
import type { DiskReader } from "./disk-reader.ts";
import { isZero } from "./is-zero.ts";
import { type Filesystem, readFilesystem } from "./read-filesystem.ts";
import { isContainer } from "./read-mbr.ts";
import { readSystems, type SeenSystem } from "./read-systems.ts";
import { readTable } from "./read-table.ts";
import { type DiskTable, partitionsOf, type SeenPartition } from "./seen.ts";

/** A partition with what it holds. */
export interface InspectedPartition extends SeenPartition {
  readonly filesystem?: Filesystem;
  /** True where its first MiB is zero: nothing was ever written there. */
  readonly blank: boolean;
}

/** A system with the root filesystem that its command line names. */
export interface SeenSlot extends Omit<SeenSystem, "words"> {
  /** As written after `root=`. */
  readonly root?: string;
  /** The partition that it means, where this disk has it. */
  readonly rootNumber?: number;
}

/** All that can be told about a disk by looking at it. */
export interface DiskInspection {
  readonly sizeBytes: number;
  readonly table: DiskTable;
  /** What Linux goes by. */
  readonly partitions: readonly InspectedPartition[];
  readonly slots: readonly SeenSlot[];
  readonly boot?: BootChoice;
}

const probeBytes = MiB;
/** No firmware looks at more, and a damaged table may name many. */
const maxFatPartitions = 16;

/** Looks at a disk that anybody made. Takes any bytes, in bounded time and memory. */
export async function inspectDisk(disk: DiskReader): Promise<DiskInspection> {
  const table = await readTable(disk);
  const partitions: InspectedPartition[] = [];
  const fats: FatPartition[] = [];
  for (const partition of partitionsOf(table)) {
    const { number, startBytes, sizeBytes } = partition;
    if (isContainer(partition)) continue;
    const filesystem = await readFilesystem(disk, startBytes, sizeBytes);
    partitions.push({
      ...partition,
      ...(filesystem === undefined ? {} : { filesystem }),
      blank: filesystem === undefined && (await isBlank(disk, startBytes, sizeBytes)),
    });
    const volume = await readFatVolume(disk, startBytes, sizeBytes);
    if (volume !== undefined && fats.length < maxFatPartitions) fats.push({ number, volume });
  }
  const boot = await bootChoice(disk, fats);
  const slots = (await systemsOf(disk, fats, boot)).map((one) => slotOf(one, partitions));
  return {
    ...{ sizeBytes: disk.sizeBytes, table, partitions, slots },
    ...(boot === undefined ? {} : { boot }),
  };
}

/** What a normal boot finds in each partition, and then what a test finds that is something else. */
async function systemsOf(
  disk: DiskReader,
  fats: readonly FatPartition[],
  boot: BootChoice | undefined,
): Promise<SeenSystem[]> {
  const autoboot = boot?.from === "autoboot.txt" ? boot.autoboot : undefined;
  const abUpdate = autoboot?.abUpdate ?? false;
  const tried = autoboot?.tryboot || boot?.partition;
  const systems: SeenSystem[] = [];
  for (const { number: partition, volume } of fats) {
    const normal = await readSystems(disk, volume, { partition, tryboot: false, abUpdate });
    systems.push(...normal);
    if (partition !== tried) continue;
    const known = new Set(normal.map((one) => JSON.stringify(one)));
    const trying = await readSystems(disk, volume, { partition, tryboot: true, abUpdate });
    for (const { tryboot, ...one } of trying)
      if (!known.has(JSON.stringify(one))) systems.push({ ...one, tryboot: true });
  }
  return systems;
}

async function isBlank(disk: DiskReader, start: number, sizeBytes: number): Promise<boolean> {
  const bytes = await disk.read(start, Math.min(probeBytes, Math.max(0, sizeBytes)));
  return bytes.length > 0 && isZero(bytes);
}

function slotOf(
  { words, ...system }: SeenSystem,
  partitions: readonly InspectedPartition[],
): SeenSlot {
  const root = /(?:^|\s)root=([\x21-\x7e]+)/.exec(words)?.[1];
  if (root === undefined) return system;
  const found = partitions.find((partition) => names(root, partition));
  return { ...system, root, ...(found === undefined ? {} : { rootNumber: found.number }) };
}

/** Whether `root=` names that partition, in one of the ways that kernel and initramfs know. */
function names(root: string, { number, partuuid, name, filesystem }: InspectedPartition): boolean {
  const [kind = "", value = ""] = root.split(/=(.*)/s);
  if (kind === "PARTUUID") return value.toLowerCase() === partuuid;
  if (kind === "PARTLABEL") return value === name;
  if (kind === "LABEL") return value === filesystem?.label;
  if (kind === "UUID") return value.toLowerCase() === filesystem?.id;
  return new RegExp(`^/dev/(?:mmcblk\\d+p|nvme\\d+n\\d+p|[sv]d[a-z])${number}$`).test(root);
}

/** What slots share: no flasher writes it, so no card has what the image has. */
export function sharedPartition({ partitions }: DiskInspection): InspectedPartition | undefined {
  return partitions.find(({ name, filesystem }) => (name ?? filesystem?.label) === "shared");
}
