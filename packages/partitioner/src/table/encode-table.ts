import { gptDiskGuid, gptEntryGuid, mbrDiskId } from "../ids/disk-ids.ts";
import type { DiskPlan, PlannedPartition } from "../layout/disk-plan.ts";
import { isLogical, mbrEntries } from "../layout/numbering.ts";
import { gapBytes } from "../layout/sizes.ts";
import { sectorBytes } from "../layout/units.ts";
import { encodeGpt, type TablePiece } from "./gpt.ts";
import { typeGuids } from "./guid.ts";
import { encodeEbr, encodeMbr, type MbrEntry } from "./mbr.ts";

/**
 * Types of entries in an MBR. 0x0c (FAT32, LBA) and not 0xef: the boot ROM of a Pi 3 does not start
 * from 0xef (raspberrypi/firmware issue 1711).
 */
const mbrTypes = { fat32: 0x0c, ext4: 0x83 } as const;
/** A container, and not 0x0f: firmware looks only into this one (raspberrypi/firmware issue 1887). */
const extended = 0x05;
/** What says that the disk has a GPT. */
const protective = 0xee;
const maxSectors = 2 ** 32 - 1;

/** All sectors of a plan's partition table. Every id in it follows from the seed. */
export function encodeTable(plan: DiskPlan, seed: string): TablePiece[] {
  const { table } = plan.layout;
  if (table === "mbr") return encodeMbrTable(plan, seed);
  const mbr = table === "gpt" ? encodeProtective(plan) : encodeHybrid(plan, seed);
  return [{ sector: 0, bytes: mbr }, ...encodeGptOf(plan, seed)];
}

function encodeGptOf({ partitions, sizeBytes }: DiskPlan, seed: string): TablePiece[] {
  const entries = partitions.map(({ spec, startBytes, sizeBytes: bytes }) => ({
    type: typeGuids[spec.filesystem],
    guid: gptEntryGuid(seed, spec.role),
    firstSector: startBytes / sectorBytes,
    lastSector: (startBytes + bytes) / sectorBytes - 1,
    name: spec.role,
  }));
  return encodeGpt({ diskGuid: gptDiskGuid(seed), sectors: sizeBytes / sectorBytes, entries });
}

/** One entry over the whole disk, so that nobody who knows no GPT takes it for empty. */
function encodeProtective({ sizeBytes }: DiskPlan): Buffer {
  const sectors = Math.min(sizeBytes / sectorBytes - 1, maxSectors);
  return encodeMbr({
    diskId: "00000000",
    entries: [{ type: protective, startSector: 1, sectors }],
  });
}

/**
 * FAT partitions under their own numbers, for a boot ROM that knows no GPT. The entry for the GPT
 * comes last, where it shifts nobody's number, and starts in sector 1: Linux then takes the GPT
 * (block/partitions/efi.c, `is_pmbr_valid`). It ends before the first partition.
 */
function encodeHybrid({ layout, partitions }: DiskPlan, seed: string): Buffer {
  const entries: (MbrEntry | undefined)[] = Array(mbrEntries).fill(undefined);
  for (const [index, partition] of partitions.entries()) {
    if (partition.spec.filesystem === "fat32") entries[index] = entryOf(partition);
  }
  const sectors = layout.alignmentBytes / sectorBytes - 1;
  entries[mbrEntries - 1] = { type: protective, startSector: 1, sectors };
  return encodeMbr({ diskId: mbrDiskId(seed), entries });
}

function encodeMbrTable(plan: DiskPlan, seed: string): TablePiece[] {
  const { layout, partitions } = plan;
  const primary = partitions.filter(({ number }) => !isLogical(layout, number));
  const logical = partitions.filter(({ number }) => isLogical(layout, number));
  const entries = [...primary.map((partition) => entryOf(partition))];
  const [first] = logical;
  if (first !== undefined) entries.push(containerOf(plan, first, logical.at(-1) ?? first));
  const sector = encodeMbr({ diskId: mbrDiskId(seed), entries });
  return [{ sector: 0, bytes: sector }, ...encodeChain(plan, logical)];
}

/**
 * The partitions inside the container, each described by a sector in front of it that leads to the
 * next one. The place of a partition counts from its own sector, that of the next from the container.
 */
function encodeChain(plan: DiskPlan, logical: readonly PlannedPartition[]): TablePiece[] {
  const [first] = logical;
  const container = first === undefined ? 0 : descriptionSector(plan, first);
  return logical.map((partition, index) => {
    const sector = descriptionSector(plan, partition);
    const next = logical[index + 1];
    const entries = [entryOf(partition, sector)];
    if (next !== undefined) {
      const link = containerOf(plan, next, next);
      entries.push({ ...link, startSector: link.startSector - container });
    }
    return { sector, bytes: encodeEbr(entries) };
  });
}

/** From the sector that describes the one partition to the end of the other. */
function containerOf(plan: DiskPlan, first: PlannedPartition, last: PlannedPartition): MbrEntry {
  const startSector = descriptionSector(plan, first);
  const end = (last.startBytes + last.sizeBytes) / sectorBytes;
  return { type: extended, startSector, sectors: end - startSector };
}

function descriptionSector({ layout }: DiskPlan, { number, startBytes }: PlannedPartition) {
  return (startBytes - gapBytes(layout, number)) / sectorBytes;
}

function entryOf({ spec, startBytes, sizeBytes }: PlannedPartition, relativeTo = 0): MbrEntry {
  return {
    type: mbrTypes[spec.filesystem],
    startSector: startBytes / sectorBytes - relativeTo,
    sectors: sizeBytes / sectorBytes,
  };
}
