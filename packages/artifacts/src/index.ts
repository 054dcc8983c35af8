export type { Artifact } from "./artifact.ts";
export { checksumFiles } from "./checksum-files.ts";
export {
  type CompressedImage,
  type CompressOptions,
  compressImage,
} from "./compress-image.ts";
export { type SparseSize, sparseSize } from "./sparse-size.ts";
