export * from "./disk/assemble-disk.ts";
export { copySparse } from "./disk/copy-sparse.ts";
export { type DiskIds, diskIds } from "./ids/disk-ids.ts";
export * from "./ids/partuuids.ts";
export type * from "./layout/layout.ts";
export { layouts } from "./layout/layouts.ts";
export { type DiskPlan, type PlannedPartition, type PlanOptions, planDisk } from "./layout/plan.ts";
export * from "./table/mbr.ts";
export { type EntryKind, type ScanOptions, scanTree, type TreeEntry } from "./tree/scan-tree.ts";
