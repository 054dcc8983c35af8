import { PibuildError } from "@pibuild/core";
import { checkPlan } from "./check-plan.ts";
import type { DiskPlan, PlannedPartition } from "./disk-plan.ts";
import type { Layout, PartitionSpec } from "./layout.ts";

/** Bytes in a sector. Raspberry Pi firmware and SD cards count in 512. */
export const sectorBytes = 512;

export interface PlanOptions<Role extends string> {
  /** What each partition has to hold, in bytes; read where its size follows from the content. */
  readonly contentBytes: Readonly<Partial<Record<Role, number>>>;
  /** Sizes in bytes that replace the layout's, rounded up to the alignment. */
  readonly sizes?: Readonly<Partial<Record<Role, number>>> | undefined;
}

/**
 * Places the partitions of a layout one after the other, aligned.
 * Throws LAYOUT_INVALID where the result breaks a rule of `checkPlan`.
 */
export function planDisk<Role extends string>(
  layout: Layout<Role>,
  { contentBytes, sizes }: PlanOptions<Role>,
): DiskPlan<Role> {
  refuseUnknownRoles(layout, sizes ?? {});
  const align = (bytes: number) => roundUp(bytes, layout.alignmentBytes);
  const partitions: PlannedPartition<Role>[] = [];
  // The first unit belongs to the table; one whole unit keeps the first partition aligned.
  let startBytes = layout.alignmentBytes;
  for (const [index, spec] of layout.partitions.entries()) {
    const wanted = sizes?.[spec.role] ?? fitSize(spec, contentBytes[spec.role] ?? 0);
    const sizeBytes = align(requireSize(wanted, spec));
    partitions.push({ number: index + 1, spec, startBytes, sizeBytes });
    startBytes += sizeBytes;
  }
  return checkPlan({ layout, sizeBytes: startBytes, partitions });
}

/** The size in bytes, not yet aligned, that a partition takes for a content of that many bytes. */
export function fitSize({ size }: PartitionSpec, contentBytes: number): number {
  if (size.kind === "fixed") return size.bytes;
  return contentBytes + Math.ceil(contentBytes * size.growth) + size.marginBytes;
}

/** The next multiple of `unit` that is not below `value`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function requireSize(bytes: number, spec: PartitionSpec): number {
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `a size must be a positive whole number of bytes, and not ${bytes}`,
    partition: spec.role,
  });
}

function refuseUnknownRoles(layout: Layout, sizes: object): void {
  const roles = layout.partitions.map(({ role }) => role);
  const unknown = Object.keys(sizes).find((role) => !roles.includes(role));
  if (unknown === undefined) return;
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `layout \`${layout.name}\` has no such partition (it has ${roles.join(", ")})`,
    partition: unknown,
  });
}
