import type { Sha256 } from "@pibuild/core";
import type { Blob } from "@pibuild/registry";

/** A record as a depot keeps it. */
export interface KeptText {
  readonly text: string;
  /** When it was put there, in milliseconds since 1970, where that is known. Nobody vouches for it. */
  readonly sentMs: number | undefined;
}

/** What is put under a key. */
export interface Deposit {
  readonly scope: string;
  readonly key: Sha256;
  readonly text: string;
  /** All of them are there. */
  readonly blobs: readonly Blob[];
  /** For people who look at it with other tools. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Where a remote cache keeps texts by scope and key, and the bytes that those name. It believes and
 * checks nothing but digests. Each call throws what its place ends with: the REGISTRY_ codes, or
 * CACHE_UNREACHABLE.
 */
export interface Depot {
  /** As a person knows it, without a login. */
  readonly name: string;
  readonly kind: "registry" | "directory";
  read(scope: string, key: Sha256): Promise<KeptText | undefined>;
  /** Brings a blob's bytes into a file, checked. Gives how many came. Throws BLOB_DAMAGED. */
  bring(scope: string, blob: Blob, file: string): Promise<number>;
  /** Sends a blob where it is not there; `from` is a scope that may have it. Gives how many bytes went. */
  send(scope: string, blob: Blob, file: string, from?: string): Promise<number>;
  /** Puts a record in its place, whole or not at all. */
  write(deposit: Deposit): Promise<void>;
  keys(scope: string): Promise<readonly Sha256[]>;
  /** Whether all bytes of a blob are there, as far as can be told without reading them. */
  has(scope: string, blob: Blob): Promise<boolean>;
  drop(scope: string, key: Sha256): Promise<void>;
  /**
   * Removes the blobs of a scope that are not among these, and are older than so many milliseconds; where
   * the place does that by itself, nothing. Gives how many bytes that frees.
   */
  sweep(scope: string, keep: ReadonlySet<Sha256>, olderMs: number): Promise<number | undefined>;
}
