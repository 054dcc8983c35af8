import type { TableKind } from "@pibuild/pi-boot";

/**
 * A fixed size, or one that follows from what the partition holds. Where the whole disk has a
 * size, those that would follow their content share what the others leave.
 */
export type SizeRule =
  | { readonly kind: "fixed"; readonly bytes: number }
  | {
      readonly kind: "fit";
      /** Room on top of the content, as a fraction of it. */
      readonly growth: number;
      /** Room on top of that, in bytes. */
      readonly marginBytes: number;
    };

/** What a partition is made from. */
export type ContentRule<Role extends string = string> =
  /** A directory that the caller names. */
  | "tree"
  /** Nothing: a filesystem without files. */
  | "empty"
  /** The bytes of another partition, of whose size it is; or none at all, not even a filesystem. */
  | { readonly copyOf: Role };

/** One partition. The order of a layout is the order on the disk. */
export interface PartitionSpec<Role extends string = string> {
  /** What it is for. Sizes, sources and messages name the partition by it, and so does a GPT. */
  readonly role: Role;
  readonly filesystem: "fat32" | "ext4";
  /** Label of the filesystem: at most 11 characters for FAT, 16 for ext4. */
  readonly label: string;
  readonly content: ContentRule<Role>;
  /** What the filesystem's ids derive from besides the seed. The role, where it is left out. */
  readonly idsFrom?: string;
  /** Where the running system mounts it; a slot that does not run is mounted nowhere. */
  readonly mountPoint?: string;
  /** Sectors of a FAT's cluster; where it is left out, as many as Raspberry Pi OS would take. */
  readonly clusterSectors?: 1 | 4;
  readonly size: SizeRule;
}

/** One of the two systems of an A/B disk. */
export interface Slot<Role extends string = string> {
  readonly boot: Role;
  readonly root: Role;
}

/** The two systems of an A/B disk, and where the firmware learns which of them to start. */
export interface Slots<Role extends string = string> {
  /** The partition with `autoboot.txt`. */
  readonly common: Role;
  readonly a: Slot<Role>;
  readonly b: Slot<Role>;
}

/** A disk as data: what is on it, in disk order. */
export interface Layout<Role extends string = string> {
  readonly name: string;
  readonly table: TableKind;
  /** Every partition starts and ends on a multiple of this, in bytes. */
  readonly alignmentBytes: number;
  readonly partitions: readonly PartitionSpec<Role>[];
  readonly slots?: Slots<Role>;
}
