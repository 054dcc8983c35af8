import type { Image, SizeKey } from "@pibuild/config";
import { isPibuildError, PibuildError } from "@pibuild/core";
import { checkSizes } from "@pibuild/partitioner";
import { diskLayout, diskSizes } from "./disk-layout.ts";

/** The keys that may be at fault where a partition, or the whole disk, cannot be as asked; the likeliest first. */
const keysOf: Readonly<Record<string, readonly SizeKey[]>> = {
  boot: ["boot_size", "size"],
  root: ["root_size", "size", "root_free"],
};
const anyKey: readonly SizeKey[] = ["size", "boot_size", "root_size", "root_free"];

const hints: Readonly<Record<SizeKey, string>> = {
  size: "leave it out for a disk that fits",
  boot_size: "leave it out for Raspberry Pi OS's own 512MiB",
  root_size: "leave it out for a partition that fits",
  root_free: "leave it out for 200MiB",
};

/**
 * Holds the sizes of an image's disk against the partitioner's rules, long before there is
 * anything to write. Throws CONFIG_INVALID with the key of image.yaml.
 */
export function checkDisk({ disk, sizesAt }: Pick<Image, "disk" | "sizesAt">): void {
  try {
    checkSizes(diskLayout(disk), { sizes: diskSizes(disk), diskBytes: disk.size });
  } catch (error) {
    if (!isPibuildError(error, "LAYOUT_INVALID")) throw error;
    const keys = keysOf[error.data.partition ?? ""] ?? anyKey;
    const [issue] = keys.flatMap((key) => {
      const at = sizesAt[key];
      return at === undefined ? [] : [{ ...at, message: error.message, hint: hints[key] }];
    });
    if (issue === undefined) throw error;
    throw new PibuildError("CONFIG_INVALID", { issues: [issue] });
  }
}
