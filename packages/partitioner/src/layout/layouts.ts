import type { Layout } from "./layout.ts";

export const MiB = 1024 * 1024;

/**
 * Raspberry Pi OS's own layout. 512 MiB of boot partition and root = content + 20 % + 200 MiB are
 * pi-gen's numbers (export-image/prerun.sh). Type 0x0c (FAT32, LBA) and not 0xef: the boot ROM of
 * a Pi 3 does not start from 0xef (raspberrypi/firmware issue 1711). 4 MiB is a common erase block.
 */
const standard: Layout<"boot" | "root"> = {
  name: "standard",
  table: "mbr",
  alignmentBytes: 4 * MiB,
  partitions: [
    {
      role: "boot",
      filesystem: "fat32",
      mbrType: 0x0c,
      label: "bootfs",
      mountPoint: "/boot/firmware",
      size: { kind: "fixed", bytes: 512 * MiB },
    },
    {
      role: "root",
      filesystem: "ext4",
      mbrType: 0x83,
      label: "rootfs",
      mountPoint: "/",
      size: { kind: "fit", growth: 0.2, marginBytes: 200 * MiB },
    },
  ],
};

/** The layouts that this package knows, by name. */
export const layouts = { standard } as const;
