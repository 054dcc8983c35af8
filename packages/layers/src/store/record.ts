import type { Sha256 } from "@pibuild/core";
import type { FingerprintData } from "../fingerprint/fingerprint.ts";

/** A packed layer, by content. */
export interface LayerBlob {
  readonly digest: Sha256;
  readonly bytes: number;
}

/** What the store knows of one executed step. */
export interface LayerRecord {
  readonly version: 1;
  readonly fingerprint: Sha256;
  readonly image: string;
  readonly step: string;
  readonly layer: LayerBlob;
  /** The data behind the fingerprint, so that `pibuild why` can name what changed. */
  readonly inputs: FingerprintData;
  readonly durationMs: number;
}

/** The answer to a look-up. A hit's blob has been checked. */
export type StoreAnswer =
  | { readonly status: "hit"; readonly record: LayerRecord }
  | { readonly status: "miss"; readonly why: "never-built" | "blob-missing" | "blob-corrupt" };
