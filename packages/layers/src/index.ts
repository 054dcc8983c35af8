export { fillAllocated } from "./allocation/fill-allocated.ts";
export { allocatedAttribute, markAllocated } from "./allocation/mark-allocated.ts";
export * from "./fingerprint/explain.ts";
export * from "./fingerprint/fingerprint.ts";
export * from "./normalise/normalise.ts";
export * from "./normalise/rules.ts";
export { findUnkept } from "./overlay/find-unkept.ts";
export * from "./overlay/keep-hard-links.ts";
export {
  type ChangedTrees,
  createLayerStack,
  type LayerPart,
  type LayerStack,
  pushLayers,
} from "./overlay/layer-stack.ts";
export * from "./overlay/mount-all.ts";
export * from "./overlay/mount-overlay.ts";
export { attributesByName, dropIdleOpaque } from "./overlay/overlay-attributes.ts";
export { findWrittenApart, joinNames, type SharedNames } from "./overlay/written-apart.ts";
export * from "./pack/pack-layer.ts";
export { checkStore, type StoreCheck } from "./store/local/check-store.ts";
export { cleanStore, forgetLayer } from "./store/local/clean-store.ts";
export { listRecords } from "./store/local/list-records.ts";
export { openScratch } from "./store/local/open-scratch.ts";
export { openStore } from "./store/local/open-store.ts";
export { isDigest, parseRecord, readableRecord } from "./store/parse-record.ts";
export type * from "./store/record.ts";
export type * from "./store/scratch.ts";
export * from "./store/stays.ts";
export type * from "./store/store.ts";
export { type Entry, walk } from "./tree/walk.ts";
