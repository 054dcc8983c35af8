import type { Layout, PartitionSpec } from "./layout.ts";

/** A partition with its place on the disk. */
export interface PlannedPartition<Role extends string = string> {
  /** As Linux and the firmware count: 1 is the first. */
  readonly number: number;
  readonly spec: PartitionSpec<Role>;
  readonly startBytes: number;
  readonly sizeBytes: number;
}

/** Where everything goes. Pure arithmetic: the same arguments always give the same plan. */
export interface DiskPlan<Role extends string = string> {
  readonly layout: Layout<Role>;
  readonly sizeBytes: number;
  readonly partitions: readonly PlannedPartition<Role>[];
}

/** The partition of a role. */
export function partitionOf<Role extends string>(
  { partitions }: DiskPlan<Role>,
  role: Role,
): PlannedPartition<Role> {
  const found = partitions.find(({ spec }) => spec.role === role);
  if (found === undefined) throw new Error(`the plan has no \`${role}\``);
  return found;
}
