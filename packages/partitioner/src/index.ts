export { type AssembledDisk, type AssembleOptions, assembleDisk } from "./disk/assemble-disk.ts";
export { checkSizes } from "./disk/check-sizes.ts";
export { checkTree } from "./disk/check-tree.ts";
export { copySparse } from "./disk/copy-sparse.ts";
export type { Sources } from "./disk/partition-content.ts";
export { type DiskIds, diskIds } from "./ids/disk-ids.ts";
export { partuuids } from "./ids/partuuids.ts";
export { checkBoard } from "./layout/check-board.ts";
export { type DiskPlan, type PlannedPartition, partitionOf } from "./layout/disk-plan.ts";
export type { ContentRule, Layout, PartitionSpec, SizeRule, Slot, Slots } from "./layout/layout.ts";
export { layoutDigest } from "./layout/layout-digest.ts";
export { layouts } from "./layout/layouts.ts";
export { type Renumbered, renumbered } from "./layout/numbering.ts";
export { planDisk } from "./layout/plan.ts";
export type { PlanOptions } from "./layout/sizes.ts";
export type { BootChoice } from "./read/boot-choice.ts";
export { bufferDisk, type DiskReader, openDisk } from "./read/disk-reader.ts";
export {
  type DiskInspection,
  type InspectedPartition,
  inspectDisk,
  type SeenSlot,
  sharedPartition,
} from "./read/inspect-disk.ts";
export type { Filesystem } from "./read/read-filesystem.ts";
export { readTable } from "./read/read-table.ts";
export {
  type DiskTable,
  type GptDamage,
  partitionsOf,
  type SeenPartition,
  type TableName,
  type TableProblem,
  type TableView,
} from "./read/seen.ts";
export { type Superblock, superblocks } from "./read/superblocks.ts";
export { readSlotCmdline, type SlotCmdline, slotsOf } from "./slots/slot-cmdline.ts";
export { encodeTable } from "./table/encode-table.ts";
export type { TablePiece } from "./table/gpt.ts";
export { decodeMbr, encodeEbr, encodeMbr, type Mbr, type MbrEntry } from "./table/mbr.ts";
export { type EntryKind, type ScanOptions, scanTree, type TreeEntry } from "./tree/scan-tree.ts";
export type { ByteRange } from "./used/byte-range.ts";
export { compareDisks, type DiskComparison, type DiskDifference } from "./used/compare-disks.ts";
export { usedRanges } from "./used/used-ranges.ts";
