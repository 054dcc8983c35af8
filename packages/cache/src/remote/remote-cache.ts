import type { Sha256 } from "@pibuild/core";
import type { Depot } from "../depot/depot.ts";
import type { Entry, EntryBlob, EntryKind } from "../record/entry.ts";
import type { Scopes } from "../record/scope.ts";
import type { Signer, TrustedKey } from "../trust/keys.ts";

/** A record that was found and is believed. */
export interface Found {
  readonly entry: Entry;
}

/** What is to be put into a cache. Nobody asks here whether it may leave: who calls has. */
export interface Parcel {
  readonly kind: EntryKind;
  readonly key: Sha256;
  /** The step or target, for people. */
  readonly what: string;
  readonly image: string;
  readonly about: object;
  /** Each with the file that has it. */
  readonly blobs: readonly (EntryBlob & { readonly file: string })[];
}

/** How sending something ended. */
export type Sent = "sent" | "there" | "off" | "failed";

/**
 * A cache on another machine, as a build sees it: it has a record with all that belongs to it, or it
 * does not. What goes wrong there is said once, in an event, and ends no build.
 */
export interface RemoteCache {
  readonly depot: Depot;
  readonly scopes: Scopes;
  /** The keys whose records are believed; none: all are. */
  readonly trusted: readonly TrustedKey[];
  /** Who signs what this build sends. */
  readonly signer: Signer | undefined;
  /** The record of a key, believed; undefined also where the cache fails or is not to be read. */
  find(kind: EntryKind, key: Sha256): Promise<Found | undefined>;
  /**
   * Brings one of a record's blobs into a file, checked. Throws LAYER_LOST where the cache does not
   * give it; the record is not found again then.
   */
  bring(found: Found, blob: EntryBlob, file: string, what: string): Promise<void>;
  /** Whether this build asks for anything, and the cache has not failed. */
  reads(): boolean;
  /** Whether this build sends anything, and the cache has not failed. */
  writes(): boolean;
  /** Sends something, if this build may write; it goes on meanwhile. */
  push(parcel: Parcel): Promise<Sent>;
  /** Waits for all that is being sent. */
  settle(): Promise<void>;
}
