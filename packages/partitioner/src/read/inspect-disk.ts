import { type ConfigIssue, isPibuildError } from "@pibuild/core";
import {
  type Autoboot,
  autobootBytes,
  type FatVolume,
  parseAutoboot,
  readFatVolume,
  readRootFile,
} from "@pibuild/pi-boot";
import { MiB } from "../layout/units.ts";
import { autobootName } from "../slots/boot-slots.ts";
import { cmdlineName } from "../slots/slot-cmdline.ts";
import type { DiskReader } from "./disk-reader.ts";
import { isZero } from "./is-zero.ts";
import { type Filesystem, readFilesystem } from "./read-filesystem.ts";
import { isContainer } from "./read-mbr.ts";
import { readTable } from "./read-table.ts";
import { type DiskTable, partitionsOf, type SeenPartition } from "./seen.ts";

/** A partition with what it holds. */
export interface InspectedPartition extends SeenPartition {
  readonly filesystem?: Filesystem;
  /** True where its first MiB is zero: nothing was ever written there. */
  readonly blank: boolean;
}

/** A boot partition with the root filesystem that its command line names. */
export interface SeenSlot {
  readonly boot: number;
  /** As written after `root=`. */
  readonly root?: string;
  /** The partition that it means, where this disk has it. */
  readonly rootNumber?: number;
}

/** Which partition the firmware starts. */
export type BootChoice =
  | { readonly from: "autoboot.txt"; readonly partition: number; readonly autoboot: Autoboot }
  /** There is no autoboot.txt: the first FAT partition is started. */
  | { readonly from: "default"; readonly partition: number }
  | {
      readonly from: "unreadable";
      readonly partition: number;
      readonly issues: readonly ConfigIssue[];
    };

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
/** More than any kernel reads of a command line. */
const maxCmdlineBytes = 4096;
/** No firmware looks at more, and a damaged table may name many. */
const maxFatPartitions = 16;

/** Looks at a disk that anybody made. Takes any bytes, in bounded time and memory. */
export async function inspectDisk(disk: DiskReader): Promise<DiskInspection> {
  const table = await readTable(disk);
  const partitions: InspectedPartition[] = [];
  const fats: { readonly number: number; readonly volume: FatVolume }[] = [];
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
  const slots: SeenSlot[] = [];
  for (const { number, volume } of fats) {
    const cmdline = await readRootFile(disk, volume, cmdlineName, maxCmdlineBytes);
    if (cmdline !== undefined) slots.push(slotOf(number, cmdline.toString("latin1"), partitions));
  }
  const [first] = fats;
  const boot = first && (await bootChoice(disk, first.number, first.volume));
  return {
    ...{ sizeBytes: disk.sizeBytes, table, partitions, slots },
    ...(boot === undefined ? {} : { boot }),
  };
}

async function isBlank(disk: DiskReader, start: number, sizeBytes: number): Promise<boolean> {
  const bytes = await disk.read(start, Math.min(probeBytes, Math.max(0, sizeBytes)));
  return bytes.length > 0 && isZero(bytes);
}

function slotOf(
  boot: number,
  cmdline: string,
  partitions: readonly InspectedPartition[],
): SeenSlot {
  const root = /(?:^|\s)root=([\x21-\x7e]+)/.exec(cmdline)?.[1];
  if (root === undefined) return { boot };
  const found = partitions.find((partition) => names(root, partition));
  return { boot, root, ...(found === undefined ? {} : { rootNumber: found.number }) };
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

async function bootChoice(
  disk: DiskReader,
  number: number,
  volume: FatVolume,
): Promise<BootChoice> {
  const bytes = await readRootFile(disk, volume, autobootName, autobootBytes * 128);
  if (bytes === undefined) return { from: "default", partition: number };
  try {
    const autoboot = parseAutoboot(bytes);
    return { from: "autoboot.txt", partition: autoboot.boot || number, autoboot };
  } catch (error) {
    if (!isPibuildError(error, "CONFIG_INVALID")) throw error;
    return { from: "unreadable", partition: number, issues: error.data.issues };
  }
}

/** What slots share: no flasher writes it, so no card has what the image has. */
export function sharedPartition({ partitions }: DiskInspection): InspectedPartition | undefined {
  return partitions.find(({ name, filesystem }) => (name ?? filesystem?.label) === "shared");
}
