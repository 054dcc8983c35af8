import { PibuildError } from "@pibuild/core";
import { autobootBytes, type BootSlots, maxBootPartition } from "./autoboot.ts";

/**
 * The one `autoboot.txt` for these slots: exactly 512 bytes, padded with line breaks. In a FAT with
 * clusters of 512 bytes it fills a single sector, so that one sector's write swaps the slots.
 * Throws LAYOUT_INVALID for numbers that the firmware cannot boot from.
 */
export function formatAutoboot({ boot, tryboot }: BootSlots): Buffer {
  for (const number of [boot, tryboot]) {
    if (Number.isInteger(number) && number >= 1 && number <= maxBootPartition) continue;
    refuse(`\`autoboot.txt\` can name the partitions 1 to ${maxBootPartition}, and not ${number}`);
  }
  if (boot === tryboot) refuse(`\`autoboot.txt\` would name partition ${boot} for both slots`);
  const bytes = Buffer.alloc(autobootBytes, "\n");
  bytes.write(
    `[all]\ntryboot_a_b=1\nboot_partition=${boot}\n[tryboot]\nboot_partition=${tryboot}\n`,
  );
  return bytes;
}

function refuse(problem: string): never {
  throw new PibuildError("LAYOUT_INVALID", { problem });
}
