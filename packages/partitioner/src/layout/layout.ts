/** How the table that lists the partitions is written. GPT kinds would join this union. */
export type TableKind = "mbr";

/** A fixed size, or one that follows from what the partition holds. */
export type SizeRule =
  | { readonly kind: "fixed"; readonly bytes: number }
  | {
      readonly kind: "fit";
      /** Room on top of the content, as a fraction of it. */
      readonly growth: number;
      /** Room on top of that, in bytes. */
      readonly marginBytes: number;
    };

/** One partition. Its number is its position in the layout, from 1. */
export interface PartitionSpec<Role extends string = string> {
  /** What it is for. Sizes, sources, ids and messages name the partition by it. */
  readonly role: Role;
  readonly filesystem: "fat32" | "ext4";
  /** Type byte of its MBR entry. */
  readonly mbrType: number;
  /** Label of the filesystem: at most 11 characters for FAT, 16 for ext4. */
  readonly label: string;
  /** Where the running system mounts it. */
  readonly mountPoint: string;
  readonly size: SizeRule;
}

/** A disk as data: what is on it, in disk order. */
export interface Layout<Role extends string = string> {
  readonly name: string;
  readonly table: TableKind;
  /** Every partition starts and ends on a multiple of this, in bytes. */
  readonly alignmentBytes: number;
  readonly partitions: readonly PartitionSpec<Role>[];
}
