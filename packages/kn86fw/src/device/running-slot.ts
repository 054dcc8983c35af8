import type { Autoboot } from "@pibuild/pi-boot";
import type { Slot } from "../format/manifest.ts";

/** The number of a slot's boot partition. */
export const bootPartitions: Readonly<Record<Slot, number>> = { a: 2, b: 3 };

/** What the firmware says of this boot, in `/proc/device-tree/chosen/bootloader`. */
export interface Boot {
  readonly partition: number;
  readonly tryboot: boolean;
}

/** Which slot runs; unconfirmed while the firmware only tries it. */
export interface Running {
  readonly slot: Slot;
  readonly confirmed: boolean;
}

/** Nothing where the firmware and `autoboot.txt` do not agree: then nobody can tell. */
export function runningSlot(boot: Boot, autoboot: Autoboot): Running | undefined {
  const slot = slotOf(boot.partition);
  if (slot === undefined || slotOf(autoboot.boot) === undefined) return undefined;
  if (!boot.tryboot)
    return boot.partition === autoboot.boot ? { slot, confirmed: true } : undefined;
  const tried = boot.partition === autoboot.tryboot && autoboot.tryboot !== autoboot.boot;
  return tried ? { slot, confirmed: false } : undefined;
}

export function otherSlot(slot: Slot): Slot {
  return slot === "a" ? "b" : "a";
}

function slotOf(partition: number): Slot | undefined {
  return (["a", "b"] as const).find((slot) => bootPartitions[slot] === partition);
}
