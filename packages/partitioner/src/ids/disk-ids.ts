import { sha256 } from "@pibuild/core";

/** The ids of one partition's filesystem. Which of them is used depends on the filesystem. */
export interface PartitionIds {
  /** Volume id of a FAT: 8 lower-case hexadecimal digits. */
  readonly fatVolumeId: string;
  /** UUID of an ext4. */
  readonly ext4Uuid: string;
  /** Seed of ext4's directory hashes, a UUID too. */
  readonly ext4HashSeed: string;
}

/** Every id on a disk of the layout `standard`. */
export interface DiskIds extends PartitionIds {
  /** Disk id of the MBR: 8 lower-case hexadecimal digits, never all zero. */
  readonly mbrDiskId: string;
}

/** The ids of a disk. Any text is a seed; the same seed always gives the same ids. */
export function diskIds(seed: string): DiskIds {
  return {
    mbrDiskId: mbrDiskId(seed),
    fatVolumeId: partitionIds(seed, "boot").fatVolumeId,
    ext4Uuid: partitionIds(seed, "root").ext4Uuid,
    ext4HashSeed: partitionIds(seed, "root").ext4HashSeed,
  };
}

/** The disk id of an MBR, as 8 hexadecimal digits. Zero is left out: it means "no id" to Linux. */
export function mbrDiskId(seed: string): string {
  const id = derive(seed, "disk/mbr").slice(0, 8);
  return id === "00000000" ? "00000001" : id;
}

/** The id of a GPT's disk, a UUID. */
export function gptDiskGuid(seed: string): string {
  return uuid8(derive(seed, "disk/gpt"));
}

/** The id of a GPT's entry for the partition with this role, a UUID. */
export function gptEntryGuid(seed: string, role: string): string {
  return uuid8(derive(seed, `${role}/gpt`));
}

/** The ids of a filesystem; no two roles of a seed share one. */
export function partitionIds(seed: string, role: string): PartitionIds {
  return {
    fatVolumeId: derive(seed, `${role}/fat`).slice(0, 8),
    ext4Uuid: uuid8(derive(seed, `${role}/ext4`)),
    ext4HashSeed: uuid8(derive(seed, `${role}/ext4-hash-seed`)),
  };
}

/** NUL cannot be part of a role, so no two pairs of seed and purpose give the same text. */
function derive(seed: string, purpose: string): string {
  return sha256(`pibuild disk id\0${purpose}\0${seed}`);
}

/** A UUID of version 8, "vendor-specific", from a hash: RFC 9562, section 5.8. */
function uuid8(hash: string): string {
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}
