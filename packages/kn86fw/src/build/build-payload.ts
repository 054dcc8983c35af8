import type { Manifest } from "../format/manifest.ts";
import { type FileRegion, openSource } from "../read/source.ts";
import type { WriteOptions } from "./write-options.ts";
import { writePayload } from "./write-payload.ts";

/** One image of the slot: a file, or a partition in the image of a disk. */
export interface SlotImage extends FileRegion {
  /** Bytes of the partition that it is for; as many as the image has where nothing is said. */
  readonly slot?: number;
}

export type BuildOptions = Omit<WriteOptions, "boot" | "root" | "base"> & {
  readonly boot: SlotImage;
  readonly root: SlotImage;
};

/** Writes a full payload of two images, without signatures; see `writePayload`. */
export async function buildPayload({ boot, root, ...options }: BuildOptions): Promise<Manifest> {
  await using bootImage = await openSource(boot, "the boot image");
  await using rootImage = await openSource(root, "the root image");
  return await writePayload({
    ...options,
    boot: { image: bootImage, slot: boot.slot ?? bootImage.size },
    root: { image: rootImage, slot: root.slot ?? rootImage.size },
  });
}
