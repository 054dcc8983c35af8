import type { Layout } from "./layout.ts";
import { MiB } from "./units.ts";

/** A common erase block of SD cards. */
const alignmentBytes = 4 * MiB;
/** pi-gen's numbers: export-image/prerun.sh. */
const rootSize = { kind: "fit", growth: 0.2, marginBytes: 200 * MiB } as const;

/**
 * Raspberry Pi OS's own layout. 512 MiB of boot partition and root = content + 20 % + 200 MiB are
 * pi-gen's numbers (export-image/prerun.sh).
 */
const standard: Layout<"boot" | "root"> = {
  name: "standard",
  table: "mbr",
  alignmentBytes,
  partitions: [
    {
      role: "boot",
      filesystem: "fat32",
      label: "bootfs",
      content: "tree",
      mountPoint: "/boot/firmware",
      size: { kind: "fixed", bytes: 512 * MiB },
    },
    {
      role: "root",
      filesystem: "ext4",
      label: "rootfs",
      content: "tree",
      mountPoint: "/",
      size: rootSize,
    },
  ],
};

const bootSlot = {
  filesystem: "fat32",
  label: "BOOT",
  idsFrom: "boot",
  size: { kind: "fixed", bytes: 256 * MiB },
} as const;
const rootSlot = { filesystem: "ext4", label: "root", idsFrom: "root", size: rootSize } as const;

/**
 * Two systems side by side, of which one runs while the other is replaced. All FAT partitions come
 * first: firmware that looks into a GPT expects them so (raspberrypi/rpi-eeprom issue 854). The
 * slots of a kind hold the same bytes, so the filesystems' labels and ids are of the kind, and only
 * the table tells them apart. A cluster of the first is one sector: `autoboot.txt` then fills
 * exactly one, and is replaced by a single write.
 */
const ab6: Layout<"common" | "boot-a" | "boot-b" | "root-a" | "root-b" | "shared"> = {
  name: "ab6",
  table: "gpt-hybrid",
  alignmentBytes,
  partitions: [
    {
      role: "common",
      filesystem: "fat32",
      label: "COMMON",
      content: "tree",
      mountPoint: "/boot/common",
      clusterSectors: 1,
      size: { kind: "fixed", bytes: 64 * MiB },
    },
    { ...bootSlot, role: "boot-a", content: "tree", mountPoint: "/boot/firmware" },
    { ...bootSlot, role: "boot-b", content: { copyOf: "boot-a" } },
    { ...rootSlot, role: "root-a", content: "tree", mountPoint: "/" },
    { ...rootSlot, role: "root-b", content: { copyOf: "root-a" } },
    {
      role: "shared",
      filesystem: "ext4",
      label: "shared",
      content: "empty",
      mountPoint: "/home/shared",
      size: { kind: "fixed", bytes: 512 * MiB },
    },
  ],
  slots: {
    common: "common",
    a: { boot: "boot-a", root: "root-a" },
    b: { boot: "boot-b", root: "root-b" },
  },
};

/** The layouts that this package knows, by name. */
export const layouts = { standard, ab6 } as const;
