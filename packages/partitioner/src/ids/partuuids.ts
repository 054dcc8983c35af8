import type { Layout } from "../layout/layout.ts";
import { partitionNumbers } from "../layout/numbering.ts";
import { gptEntryGuid, mbrDiskId } from "./disk-ids.ts";

/**
 * What `PARTUUID=` names each partition by, known before the disk exists: fstab and cmdline.txt
 * are written earlier. For an MBR Linux spells it as disk id, dash, and the number of the partition
 * as two hexadecimal digits (block/partitions/msdos.c, `set_info`); a GPT has one for each entry.
 */
export function partuuids<Role extends string>(
  layout: Layout<Role>,
  seed: string,
): Record<Role, string> {
  const disk = mbrDiskId(seed);
  const numbers = partitionNumbers(layout);
  const entries = layout.partitions.map(({ role }, index) => [
    role,
    layout.table === "mbr"
      ? `${disk}-${(numbers[index] ?? 0).toString(16).padStart(2, "0")}`
      : gptEntryGuid(seed, role),
  ]);
  return Object.fromEntries(entries) as Record<Role, string>;
}
