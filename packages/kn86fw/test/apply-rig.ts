import { autobootForm } from "../src/apply/autoboot-sector.ts";
import type { DeviceFacts } from "../src/device/device-facts.ts";
import type { Slot } from "../src/format/manifest.ts";
import { description } from "./rig.ts";

export const facts: DeviceFacts = {
  compatible: description.compatible,
  board: "zero2w",
  layout: description.layout,
  version: "1.1.0",
  securityEpoch: 2,
};

/** The smallest FAT32 with an `autoboot.txt`, as one that boots slot A or B. */
export function commonPartition(slot: Slot): Buffer {
  const volume = Buffer.alloc(8 * 512);
  volume.writeUInt8(0xeb, 0);
  volume.writeUInt16LE(512, 11);
  volume.writeUInt8(1, 13);
  volume.writeUInt16LE(2, 14);
  volume.writeUInt8(2, 16);
  volume.writeUInt32LE(volume.length / 512, 32);
  volume.writeUInt32LE(1, 36);
  volume.writeUInt32LE(2, 44);
  volume.writeUInt16LE(0xaa55, 510);
  // In both tables, the root directory is one cluster, and so is the file behind it.
  for (const table of [2, 3]) {
    for (const cluster of [2, 3]) volume.writeUInt32LE(0x0fffffff, table * 512 + cluster * 4);
  }
  const directory = 4 * 512;
  volume.write("COMMON     \x08", directory, "latin1");
  volume.write("AUTOBOOTTXT\x20", directory + 32, "latin1");
  volume.writeUInt16LE(3, directory + 32 + 26);
  volume.writeUInt32LE(512, directory + 32 + 28);
  autobootForm(slot).copy(volume, autobootOffset);
  return volume;
}

export const autobootOffset = 5 * 512;
