import type { Fetch, Sha256 } from "@pibuild/core";
import type { FingerprintData } from "../fingerprint/fingerprint.ts";

/** A packed layer, by content. */
export interface LayerBlob {
  readonly digest: Sha256;
  readonly bytes: number;
}

/** Why a layer stays on its machine: it may hold a secret, or comes from inputs that nobody can name. */
export type Stays = "secret" | "machine";

/** What a step had from elsewhere. */
export interface Fetched {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly by: readonly Fetch[];
}

/** What the store knows of one executed step. */
export interface LayerRecord {
  /** Version 1 does not say what stays. */
  readonly version: 1 | 2;
  readonly fingerprint: Sha256;
  readonly image: string;
  readonly step: string;
  readonly layer: LayerBlob;
  /** The data behind the fingerprint, so that `pibuild why` can name what changed. */
  readonly inputs: FingerprintData;
  readonly durationMs: number;
  readonly stays?: Stays | undefined;
  /** Whether the layer has a tree `deploy`: who wants those looks into no other. Older records do not say. */
  readonly deploys?: boolean | undefined;
  /** Where its scripts fetched besides packages, as far as they say: the next run may get something else. */
  readonly fetched?: Fetched | undefined;
  /** The build that made it, where the step runs in every build. */
  readonly build?: string | undefined;
}

/** What whoever made a layer says of it. */
export type NewRecord = Omit<LayerRecord, "layer" | "version">;

/** The answer to a look-up. A hit's layer has been checked. */
export type StoreAnswer =
  | { readonly status: "hit"; readonly record: LayerRecord }
  | { readonly status: "miss"; readonly why: "never-built" | "blob-missing" | "blob-corrupt" };
