export { type Artifact, measure } from "./artifact.ts";
export { checksumFiles } from "./checksum-files.ts";
export { type CollectOptions, collectImage, packedEndings } from "./collect/collect-image.ts";
export { type CompressedImage, type CompressOptions, compressImage } from "./compress-image.ts";
export { deliverFiles, prepareDelivery } from "./deliver-files.ts";
export { type SparseSize, sparseSize } from "./sparse-size.ts";
export { deliverTree, type TreeDelivery, withdrawTree } from "./tree/deliver-tree.ts";
export { placeTree, type TreePlacement } from "./tree/place-tree.ts";
export { type BmapOptions, type MappedRange, writeBmap } from "./write-bmap.ts";
