import { formatBytes, PibuildError } from "@pibuild/core";
import type { DiskPlan, PlannedPartition } from "./disk-plan.ts";
import type { Layout } from "./layout.ts";
import { mbrEntries } from "./numbering.ts";
import { gapBytes, tailBytes } from "./sizes.ts";
import { sectorBytes } from "./units.ts";

/** An MBR counts sectors of 512 bytes in 32 bits. */
const mbrLimitBytes = 2 ** 32 * sectorBytes;
/** Entries in the table of a GPT: UEFI specification 2.10, section 5.3. */
export const gptEntries = 128;
/** The first entries of a hybrid's MBR repeat FAT partitions; the last one says that there is a GPT. */
export const mirroredEntries = mbrEntries - 1;

/**
 * The plan itself, where it keeps the rules that a Raspberry Pi needs: partitions aligned, in disk
 * order (a firmware that counts entries and a kernel that counts positions must agree), without
 * overlap, inside the disk, and within what the table can say. Throws LAYOUT_INVALID otherwise.
 */
export function checkPlan<Role extends string>(plan: DiskPlan<Role>): DiskPlan<Role> {
  const { layout, partitions, sizeBytes: diskBytes } = plan;
  if (!Number.isSafeInteger(diskBytes) || diskBytes % sectorBytes !== 0) {
    refuseDisk(`a disk of ${diskBytes} bytes is no whole number of sectors`);
  }
  let previousEnd = layout.alignmentBytes;
  for (const partition of partitions) {
    const { number, startBytes, sizeBytes } = partition;
    const end = startBytes + sizeBytes;
    const earliest = previousEnd + gapBytes(layout, number);
    if (startBytes % layout.alignmentBytes !== 0 || sizeBytes % layout.alignmentBytes !== 0) {
      refuse(partition, `is not aligned to ${formatBytes(layout.alignmentBytes)}`);
    }
    if (sizeBytes <= 0) refuse(partition, `has the size ${sizeBytes}`);
    if (startBytes < earliest) {
      refuse(partition, `starts at ${startBytes}, before ${earliest}, where it may begin`);
    }
    if (end > diskBytes - tailBytes(layout)) {
      refuse(partition, `ends at ${end}, too near to the end of the disk at ${diskBytes}`);
    }
    previousEnd = end;
  }
  checkTable(layout, diskBytes);
  return plan;
}

function checkTable({ table, partitions }: Layout, diskBytes: number): void {
  if (table !== "gpt" && diskBytes > mbrLimitBytes) {
    refuseDisk(
      `the disk has ${formatBytes(diskBytes)}, an MBR can describe ${formatBytes(mbrLimitBytes)}`,
    );
  }
  if (partitions.length > gptEntries) {
    refuseDisk(`the layout has ${partitions.length} partitions, a table has ${gptEntries}`);
  }
  if (table !== "gpt-hybrid") return;
  const last = partitions.findLastIndex(({ filesystem }) => filesystem === "fat32");
  const first = partitions.findIndex(({ filesystem }) => filesystem !== "fat32");
  if (last < mirroredEntries && (first === -1 || first > last)) return;
  refuseDisk(
    `in a hybrid table the FAT partitions come first and are at most ${mirroredEntries}: both tables then count them alike`,
  );
}

function refuse({ spec, number }: PlannedPartition, what: string): never {
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `entry ${number} ${what}`,
    partition: spec.role,
  });
}

function refuseDisk(problem: string): never {
  throw new PibuildError("LAYOUT_INVALID", { problem });
}
