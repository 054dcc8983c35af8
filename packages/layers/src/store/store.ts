import type { Sha256 } from "@pibuild/core";
import type { LayerBlob, LayerRecord, NewRecord, StoreAnswer } from "./record.ts";

/**
 * Layers by what they were made from, and files that are kept by a key. Where they lie is the store's
 * own affair: it gives paths of single files, to be read only. What is damaged, or of a version that
 * nobody here knows, is as good as not there. Each call throws STORE_UNUSABLE where the store itself
 * cannot be read or written.
 */
export interface Store {
  /** The record of a fingerprint, with its layer checked; a corrupt layer is dropped and a miss. */
  find(fingerprint: Sha256): Promise<StoreAnswer>;
  /** A path of the layer's file on this machine. Throws STORE_UNUSABLE where it is gone. */
  fetch(layer: Pick<LayerBlob, "digest">): Promise<string>;
  /** Takes a packed layer in. The record is written last, so a record always has its layer. */
  put(file: string, record: NewRecord): Promise<LayerRecord>;
  /** Takes in a layer that another store has, with its record as it is there. The file must be that layer. */
  adopt(file: string, record: LayerRecord): Promise<void>;
  /** The record that a step of an image last had, whatever its fingerprint. */
  latest(image: string, step: string): Promise<LayerRecord | undefined>;
  /** Makes a record that was found the latest of a step, which may be another image's. */
  use(image: string, step: string, record: LayerRecord): Promise<void>;
  /** The path of a checked file that was kept under a key, at most so many milliseconds ago. */
  kept(key: Sha256, maxAgeMs?: number): Promise<string | undefined>;
  /** Takes a file in, in place of an earlier one of its key, and gives its path. Without a key nobody finds it again. */
  keep(file: string, key?: Sha256): Promise<string>;
}
