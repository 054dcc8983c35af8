import type { DiskConfig } from "@pibuild/config";
import type { Notice } from "@pibuild/core";
import { renumbered } from "@pibuild/partitioner";
import { diskLayout } from "../disk/disk-layout.ts";

/** A notice where partitions have other numbers than in their layout, as six of them in an MBR. */
export function layoutNotices(disk: DiskConfig): Notice[] {
  const moved = renumbered(diskLayout(disk));
  if (moved.length === 0) return [];
  const numbers = moved.map(({ role, number }) => `\`${role}\` is ${number}`).join(", ");
  const [{ position } = { position: 0 }] = moved;
  return [
    {
      message: `a \`${disk.table}\` table counts the partitions of \`${disk.layout}\` differently from the ${position}th on: ${numbers}`,
      hint: "name them by PARTUUID, or choose `table: gpt-hybrid`, which keeps the layout's numbers",
    },
  ];
}
