export {
  type Artifact,
  type CompressedImage,
  type CompressOptions,
  compressImage,
} from "./compress-image.ts";
export { type SparseSize, sparseSize } from "./sparse-size.ts";
