import { autobootBytes } from "@pibuild/pi-boot";

const sector = 512;
const reserved = 32;
const tableSectors = 1;
const copies = 2;
/** Sector of cluster 2, in which the root directory begins. */
const firstData = reserved + copies * tableSectors;
/** The third cluster of data: the directory has two. */
const autobootCluster = 5;

/** Where `autoboot.txt` is on the volume below, in bytes. */
export const autobootOffset = (firstData + autobootCluster - 2) * sector;

/**
 * As much of a FAT32 with clusters of 512 bytes as is read on the way to `autoboot.txt`. Its entry is
 * in the second cluster of the root directory, behind a file that was removed and a directory of that name.
 */
export function fatVolume(autoboot: Buffer): Buffer {
  const volume = Buffer.alloc(64 * sector);
  volume.fill("what other files hold", (firstData + 3) * sector);
  volume.writeUInt16LE(sector, 11);
  volume.writeUInt8(1, 13);
  volume.writeUInt16LE(reserved, 14);
  volume.writeUInt8(copies, 16);
  volume.writeUInt32LE(tableSectors, 36);
  volume.writeUInt32LE(2, 44);
  volume.writeUInt16LE(0xaa55, 510);
  for (let copy = 0; copy < copies; copy++) {
    const table = (reserved + copy * tableSectors) * sector;
    // The directory goes on in cluster 4; the upper four bits of an entry mean nothing.
    volume.writeUInt32LE(0xf0000004, table + 4 * 2);
    volume.writeUInt32LE(0x0fffffff, table + 4 * 4);
    volume.writeUInt32LE(0x0fffffff, table + 4 * autobootCluster);
  }
  const entries = [
    entry("COMMON     ", 0x08, 0, 0),
    entry("\xe5UTOBOOTTXT", 0x20, 3, autobootBytes),
    entry("AUTOBOOTTXT", 0x10, 3, 0),
    ...Array.from({ length: 13 }, (_, index) => entry(`FILE${index}`.padEnd(11), 0x20, 0, 0)),
  ];
  Buffer.concat(entries).copy(volume, firstData * sector);
  entry("AUTOBOOTTXT", 0x20, autobootCluster, autobootBytes).copy(volume, (firstData + 2) * sector);
  autoboot.copy(volume, autobootOffset);
  return volume;
}

function entry(name: string, attributes: number, cluster: number, size: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.write(name, "latin1");
  bytes.writeUInt8(attributes, 11);
  bytes.writeUInt16LE(cluster >>> 16, 20);
  bytes.writeUInt16LE(cluster & 0xffff, 26);
  bytes.writeUInt32LE(size, 28);
  return bytes;
}
