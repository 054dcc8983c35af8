import { blockBytes } from "./limits.ts";
import type { Manifest } from "./manifest.ts";

/** Blocks of a boot image that are not the same on every device: what mounting it marks, and its slot. */
export function unlikeBlocks({ cmdlineOffset }: NonNullable<Manifest["base"]>): number[] {
  return [0, Math.floor(cmdlineOffset / blockBytes)];
}
