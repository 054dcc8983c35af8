import { PibuildError } from "@pibuild/core";
import { checkPlan } from "./check-plan.ts";
import type { DiskPlan, PlannedPartition } from "./disk-plan.ts";
import type { Layout, PartitionSpec } from "./layout.ts";
import { partitionNumbers } from "./numbering.ts";
import { gapBytes, type PlanOptions, sizeRules, tailBytes } from "./sizes.ts";
import { roundUp } from "./units.ts";

/**
 * Places the partitions of a layout one after the other, aligned.
 * Throws LAYOUT_INVALID where the result breaks a rule of `checkPlan`.
 */
export function planDisk<Role extends string>(
  layout: Layout<Role>,
  options: PlanOptions<Role> = {},
): DiskPlan<Role> {
  const { sizes = {}, diskBytes } = options;
  refuseUnknownRoles(layout, sizes);
  const numbers = partitionNumbers(layout);
  const sizeOf = sizeRules(layout, options);
  const partitions: PlannedPartition<Role>[] = [];
  // The first unit belongs to the table; one whole unit keeps the first partition aligned.
  let end = layout.alignmentBytes;
  for (const [index, spec] of layout.partitions.entries()) {
    const number = numbers[index] ?? 0;
    const startBytes = end + gapBytes(layout, number);
    const sizeBytes = roundUp(requireSize(sizeOf(spec), spec), layout.alignmentBytes);
    partitions.push({ number, spec, startBytes, sizeBytes });
    end = startBytes + sizeBytes;
  }
  return checkPlan({ layout, sizeBytes: diskBytes ?? end + tailBytes(layout), partitions });
}

function requireSize(bytes: number, spec: PartitionSpec): number {
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `a size must be a positive whole number of bytes, and not ${bytes}`,
    partition: spec.role,
  });
}

function refuseUnknownRoles(layout: Layout, sizes: object): void {
  const own = layout.partitions.filter(({ content }) => typeof content === "string");
  const roles = own.map(({ role }) => role);
  const unknown = Object.keys(sizes).find((role) => !roles.includes(role));
  if (unknown === undefined) return;
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `layout \`${layout.name}\` has no such partition with a size of its own (it has ${roles.join(", ")})`,
    partition: unknown,
  });
}
