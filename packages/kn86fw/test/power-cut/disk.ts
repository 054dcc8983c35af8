import type { Slot } from "../../src/format/manifest.ts";

export const partitionNames = ["common", "boot-a", "boot-b", "root-a", "root-b"] as const;
export type PartitionName = (typeof partitionNames)[number];

/** Where a partition is on the disk, in bytes. */
export interface Range {
  readonly offset: number;
  readonly size: number;
}

/** The partitions that an update may write. What is not among them is not looked at. */
export type Layout = Readonly<Record<PartitionName, Range>>;

/** Lays partitions of these sizes out, one behind the other. */
export function layOut(sizes: { common: number; boot: number; root: number }): Layout {
  let next = 0;
  const take = (size: number): Range => {
    next += size;
    return { offset: next - size, size };
  };
  return {
    common: take(sizes.common),
    "boot-a": take(sizes.boot),
    "boot-b": take(sizes.boot),
    "root-a": take(sizes.root),
    "root-b": take(sizes.root),
  };
}

export function diskBytes(layout: Layout): number {
  return Math.max(...Object.values(layout).map(({ offset, size }) => offset + size));
}

export function partition(disk: Buffer, { offset, size }: Range): Buffer {
  return disk.subarray(offset, offset + size);
}

/** The partitions of a slot, as they are on this disk. */
export function slotOn(disk: Buffer, layout: Layout, slot: Slot): { boot: Buffer; root: Buffer } {
  return {
    boot: partition(disk, layout[`boot-${slot}`]),
    root: partition(disk, layout[`root-${slot}`]),
  };
}
