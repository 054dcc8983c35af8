import { formatBytes, PibuildError } from "@pibuild/core";
import type { DiskPlan, PlannedPartition } from "./disk-plan.ts";

/** Entries in the table of an MBR. */
const mbrEntries = 4;
/** An MBR counts sectors of 512 bytes in 32 bits. */
const mbrLimitBytes = 2 ** 32 * 512;

/**
 * The plan itself, where it keeps the rules that a Raspberry Pi needs: partitions aligned, in disk
 * order (a firmware that counts entries and a kernel that counts positions must agree), without
 * overlap, inside the disk, and within what the table can say. Throws LAYOUT_INVALID otherwise.
 */
export function checkPlan<Role extends string>(plan: DiskPlan<Role>): DiskPlan<Role> {
  const { layout, partitions } = plan;
  let previousEnd = layout.alignmentBytes;
  for (const partition of partitions) {
    const { startBytes, sizeBytes } = partition;
    const end = startBytes + sizeBytes;
    if (startBytes % layout.alignmentBytes !== 0 || sizeBytes % layout.alignmentBytes !== 0) {
      refuse(partition, `is not aligned to ${formatBytes(layout.alignmentBytes)}`);
    }
    if (sizeBytes <= 0) refuse(partition, `has the size ${sizeBytes}`);
    if (startBytes < previousEnd) {
      refuse(partition, `starts at ${startBytes}, before ${previousEnd}, where it may begin`);
    }
    if (end > plan.sizeBytes) {
      refuse(partition, `ends at ${end}, behind the end of the disk at ${plan.sizeBytes}`);
    }
    previousEnd = end;
  }
  if (plan.sizeBytes > mbrLimitBytes) {
    throw new PibuildError("LAYOUT_INVALID", {
      problem: `the disk has ${formatBytes(plan.sizeBytes)}, an MBR can describe ${formatBytes(mbrLimitBytes)}`,
    });
  }
  if (partitions.length > mbrEntries) {
    throw new PibuildError("LAYOUT_INVALID", {
      problem: `the layout has ${partitions.length} partitions, an MBR has ${mbrEntries} entries`,
    });
  }
  return plan;
}

function refuse({ spec, number }: PlannedPartition, what: string): never {
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `entry ${number} ${what}`,
    partition: spec.role,
  });
}
