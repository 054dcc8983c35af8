import type { DiskConfig } from "../image.ts";
import type { ImageFile } from "../schema.ts";

const MiB = 1024 * 1024;
/** pi-gen's numbers: export-image/prerun.sh. */
const standardSizes = { bootSize: 512 * MiB, rootFree: 200 * MiB } as const;
/** What an A/B disk has that does not say: two systems of some 1.5 GiB each. */
const abBytes = 4096 * MiB;

/** A `disk:` of image.yaml with its defaults, which follow from the layout. */
export function diskConfig(disk: ImageFile["disk"], imageName: string): DiskConfig {
  const { layout, board, root_size: rootSize } = disk;
  const size = disk.size ?? (layout === "ab6" ? abBytes : undefined);
  return {
    layout,
    table: disk.table ?? (layout === "ab6" ? "gpt-hybrid" : "mbr"),
    ...(board === undefined ? {} : { board }),
    ...(size === undefined ? {} : { size }),
    bootSize: disk.boot_size ?? standardSizes.bootSize,
    rootFree: disk.root_free ?? standardSizes.rootFree,
    ...(rootSize === undefined ? {} : { rootSize }),
    populateBoth: disk.populate_both,
    seed: disk.seed ?? imageName,
  };
}
