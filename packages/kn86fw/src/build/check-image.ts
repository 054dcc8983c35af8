import { blockBytes } from "../format/limits.ts";
import type { ImageName } from "../format/manifest.ts";
import { unusable } from "../refuse.ts";
import type { SlotSource } from "./write-options.ts";

/** Throws PAYLOAD_INPUT for an image that no slot could take. */
export function checkImage(name: ImageName, { image, slot }: SlotSource): void {
  const { size } = image;
  if (size < 2 * blockBytes || size % blockBytes !== 0) {
    unusable(
      `the ${name} image has ${size} bytes, which is no multiple of ${blockBytes}`,
      "give the whole partition, as the disk's image has it",
    );
  }
  if (size > slot) {
    unusable(
      `the ${name} image has ${size} bytes, and its slot ${slot}`,
      "make the slot larger in the disk's layout, or the image smaller",
    );
  }
}
