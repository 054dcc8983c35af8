import type { DiskConfig } from "@pibuild/config";
import {
  type DiskPlan,
  type Layout,
  layoutDigest,
  layouts,
  partuuids,
  planDisk,
} from "@pibuild/partitioner";

/** A layout whose roles are known when an image is. */
export type ImageLayout = Layout<string>;

/** The layout that an image asks for, with its own table, and its own room in the root filesystem. */
export function diskLayout({ layout, table, rootFree }: DiskConfig): ImageLayout {
  const base: ImageLayout = { ...layouts[layout], table };
  if (layout !== "standard") return base;
  return {
    ...base,
    partitions: base.partitions.map((partition) =>
      partition.size.kind === "fit"
        ? { ...partition, size: { ...partition.size, marginBytes: rootFree } }
        : partition,
    ),
  };
}

/** Sizes of partitions that an image asks for by role. */
export function diskSizes({ layout, bootSize, rootSize }: DiskConfig): Record<string, number> {
  if (layout !== "standard") return {};
  return { boot: bootSize, ...(rootSize === undefined ? {} : { root: rootSize }) };
}

/** Where everything goes on an A/B disk: its sizes follow from no content. */
export function abPlan(disk: DiskConfig): DiskPlan {
  return planDisk(diskLayout(disk), { diskBytes: disk.size });
}

/**
 * What stages are told about the disk: how to name partitions in fstab and cmdline.txt, and for an
 * A/B disk also what it is. Throws LAYOUT_INVALID where such a disk is too small.
 */
export function diskVariables(disk: DiskConfig): Record<string, string> {
  const layout = diskLayout(disk);
  const ids = partuuids(layout, disk.seed);
  const idOf = (role: string) => ids[role] ?? "";
  const { slots } = layout;
  if (slots === undefined) {
    return { BOOT_PARTUUID: idOf("boot"), ROOT_PARTUUID: idOf("root") };
  }
  // The same in both slots; an MBR has no labels of its own.
  const device = (role: string) =>
    disk.table === "mbr" ? `PARTUUID=${idOf(role)}` : `PARTLABEL=${role}`;
  return {
    BOOT_PARTUUID: idOf(slots.a.boot),
    ROOT_PARTUUID: idOf(slots.a.root),
    COMMON_DEVICE: device(slots.common),
    SHARED_DEVICE: device("shared"),
    DISK_LAYOUT: disk.layout,
    DISK_TABLE: disk.table,
    DISK_BOARD: disk.board ?? "",
    DISK_LAYOUT_DIGEST: layoutDigest(abPlan(disk)),
  };
}
