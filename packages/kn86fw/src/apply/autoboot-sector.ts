import { autobootBytes, findFile, formatAutoboot } from "@pibuild/pi-boot";
import { bootPartitions, otherSlot } from "../device/running-slot.ts";
import type { Slot } from "../format/manifest.ts";
import type { Source } from "../read/source.ts";
import { refuse } from "../refuse.ts";

/** The sector of `autoboot.txt` on the first partition, and what it says. */
export interface AutobootSector {
  readonly offset: number;
  readonly bytes: Buffer;
  /** The slot of a normal boot, where the sector has one of its two forms. */
  readonly slot: Slot | undefined;
}

/** The form of `autoboot.txt` with which this slot boots, and the other one is tried. */
export function autobootForm(slot: Slot): Buffer {
  return formatAutoboot({
    boot: bootPartitions[slot],
    tryboot: bootPartitions[otherSlot(slot)],
  });
}

/** Throws PAYLOAD_REFUSED (`slot`) where the file is not there, or not in one sector. */
export async function readAutobootSector(common: Source): Promise<AutobootSector> {
  const place = await findFile(common, "AUTOBOOT.TXT");
  if (place === undefined || place.size !== autobootBytes || place.offset % autobootBytes !== 0) {
    return refuse(common.name, "slot", "there is no `autoboot.txt` of one sector on it");
  }
  const bytes = Buffer.from(await common.read(place.offset, autobootBytes));
  const slot = (["a", "b"] as const).find((one) => autobootForm(one).equals(bytes));
  return { offset: place.offset, bytes, slot };
}
