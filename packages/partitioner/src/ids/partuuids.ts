import type { Layout } from "../layout/layout.ts";
import { mbrDiskId } from "./disk-ids.ts";

/**
 * What `PARTUUID=` names each partition by, known before the disk exists: fstab and cmdline.txt
 * are written earlier. For an MBR Linux spells it as disk id, dash, and the number of the partition
 * as two hexadecimal digits (block/partitions/msdos.c, `set_info`).
 */
export function partuuids<Role extends string>(
  layout: Layout<Role>,
  seed: string,
): Record<Role, string> {
  const disk = mbrDiskId(seed);
  const entries = layout.partitions.map(({ role }, index) => [
    role,
    `${disk}-${(index + 1).toString(16).padStart(2, "0")}`,
  ]);
  return Object.fromEntries(entries) as Record<Role, string>;
}
