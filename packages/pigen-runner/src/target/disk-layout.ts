import type { DiskConfig } from "@pibuild/config";
import { type Layout, layouts } from "@pibuild/partitioner";

/** The layout that an image asks for, with its own room in the root filesystem. */
export function diskLayout({ layout, rootFree }: DiskConfig): Layout<"boot" | "root"> {
  const base = layouts[layout];
  return {
    ...base,
    partitions: base.partitions.map((partition) =>
      partition.size.kind === "fit"
        ? { ...partition, size: { ...partition.size, marginBytes: rootFree } }
        : partition,
    ),
  };
}
