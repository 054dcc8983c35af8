import { formatBytes, PibuildError } from "@pibuild/core";
import type { Layout, PartitionSpec } from "./layout.ts";
import { isLogical, partitionNumbers } from "./numbering.ts";
import { roundUp } from "./units.ts";

/** What sizes follow from, besides the layout. */
export interface PlanOptions<Role extends string> {
  /** What each partition has to hold, in bytes; read where its size follows from the content. */
  readonly contentBytes?: Readonly<Partial<Record<Role, number>>>;
  /** Sizes in bytes that replace the layout's, rounded up to the alignment. */
  readonly sizes?: Readonly<Partial<Record<Role, number>>> | undefined;
  /** The size of the whole disk in bytes. Without it, the disk ends where its partitions do. */
  readonly diskBytes?: number | undefined;
}

/** How large each partition is to become: as asked for, as the one that it copies, a share, or as it needs. */
export function sizeRules<Role extends string>(
  layout: Layout<Role>,
  options: PlanOptions<Role>,
): (spec: PartitionSpec<Role>) => number {
  const { diskBytes } = options;
  const content: Partial<Record<Role, number>> = options.contentBytes ?? {};
  const sizes: Partial<Record<Role, number>> = options.sizes ?? {};
  const original = (spec: PartitionSpec<Role>): PartitionSpec<Role> => {
    const { content: rule } = spec;
    if (typeof rule === "string") return spec;
    return layout.partitions.find(({ role }) => role === rule.copyOf) ?? spec;
  };
  const share = (spec: PartitionSpec<Role>) =>
    spec.size.kind === "fit" && sizes[original(spec).role] === undefined;
  const sizeOf = (spec: PartitionSpec<Role>): number => {
    const { role } = original(spec);
    return sizes[role] ?? fitSize(original(spec), content[role] ?? 0);
  };
  if (diskBytes === undefined) return sizeOf;
  const each = shareOf(layout, diskBytes, (spec) => (share(spec) ? undefined : sizeOf(spec)));
  return (spec) => (share(spec) ? each : sizeOf(spec));
}

/** What each of the partitions without a size of its own gets of a disk. */
function shareOf<Role extends string>(
  layout: Layout<Role>,
  diskBytes: number,
  sizeOf: (spec: PartitionSpec<Role>) => number | undefined,
): number {
  const numbers = partitionNumbers(layout);
  const own = layout.partitions.map((spec) => roundUp(sizeOf(spec) ?? 0, layout.alignmentBytes));
  const gaps = numbers.reduce((sum, number) => sum + gapBytes(layout, number), 0);
  const frame = layout.alignmentBytes + tailBytes(layout) + gaps;
  const rest = diskBytes - own.reduce((sum, bytes) => sum + bytes, frame);
  const sharing = layout.partitions.filter((spec) => sizeOf(spec) === undefined);
  if (sharing.length === 0) return 0;
  const units = Math.floor(rest / sharing.length / layout.alignmentBytes);
  if (units > 0) return units * layout.alignmentBytes;
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `a disk of ${formatBytes(diskBytes)} leaves no room for ${sharing.map(({ role }) => `\`${role}\``).join(" and ")}`,
  });
}

/** Room in front of a partition inside an MBR's container, for the sector that describes it. */
export function gapBytes(layout: Layout, number: number): number {
  return isLogical(layout, number) ? layout.alignmentBytes : 0;
}

/** Room at the end of the disk for a GPT's second copy; an A/B disk could be given a GPT later. */
export function tailBytes({ table, slots, alignmentBytes }: Layout): number {
  return table === "mbr" && slots === undefined ? 0 : alignmentBytes;
}

/** The size in bytes, not yet aligned, that a partition takes for a content of that many bytes. */
export function fitSize({ size }: PartitionSpec, contentBytes: number): number {
  if (size.kind === "fixed") return size.bytes;
  return contentBytes + Math.ceil(contentBytes * size.growth) + size.marginBytes;
}
