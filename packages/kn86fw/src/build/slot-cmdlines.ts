import { findFile } from "@pibuild/pi-boot";
import { cmdlineBytes, sectorBytes } from "../format/limits.ts";
import type { Slot } from "../format/manifest.ts";
import type { Source } from "../read/source.ts";
import { unusable } from "../refuse.ts";

/** `cmdline.txt` of both slots, and where it is in the boot image. */
export interface SlotCmdlines {
  readonly offset: number;
  readonly a: Buffer;
  readonly b: Buffer;
}

/**
 * Finds slot A's `cmdline.txt` in a boot image, and makes slot B's out of it.
 * @param roots PARTUUIDs of the slots' root partitions.
 */
export async function slotCmdlines(
  boot: Source,
  roots: Readonly<Record<Slot, string>>,
): Promise<SlotCmdlines> {
  const place = await findFile(boot, "CMDLINE.TXT");
  const hint = "pad `cmdline.txt` with spaces to 511 bytes and a newline, alone in its cluster";
  if (place === undefined) {
    return unusable(`\`${boot.name}\` is no FAT32 with a \`cmdline.txt\` of one cluster`, hint);
  }
  if (place.size !== cmdlineBytes || place.offset % sectorBytes !== 0) {
    unusable(`\`cmdline.txt\` has ${place.size} bytes, and fills no sector`, hint);
  }
  const a = Buffer.from(await boot.read(place.offset, cmdlineBytes));
  const own = `root=PARTUUID=${roots.a}`;
  const text = a.toString("latin1");
  if (
    text.split(/\s/).filter((word) => word === own).length !== 1 ||
    roots.a.length !== roots.b.length
  ) {
    unusable(
      `\`cmdline.txt\` does not say \`${own}\` once`,
      "name the root partitions of both slots",
    );
  }
  const b = Buffer.from(text.replace(own, `root=PARTUUID=${roots.b}`), "latin1");
  return { offset: place.offset, a, b };
}
