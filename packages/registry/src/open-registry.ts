import type { Sha256 } from "@pibuild/core";
import { type Address, parseAddress } from "./address.ts";
import { anonymous, type FindCredentials } from "./auth/credentials.ts";
import type { Patience } from "./http/patience.ts";
import type { Body } from "./http/send.ts";
import type { Blob } from "./repository/blob.ts";
import {
  deleteManifest,
  type FoundManifest,
  getManifest,
  type Manifest,
  putManifest,
} from "./repository/manifest.ts";
import { pullBlob } from "./repository/pull-blob.ts";
import { headBlob, pushBlob } from "./repository/push-blob.ts";
import { readBlob } from "./repository/read-blob.ts";
import { listTags } from "./repository/tags.ts";
import { openSession } from "./session/session.ts";

/** One repository of a registry. Each call throws the REGISTRY_ codes. */
export interface Repository {
  /** `host/path`, as a person knows it. */
  readonly name: string;
  /** The length of a blob that is there; undefined: it is not. */
  has(blob: Pick<Blob, "digest">): Promise<number | undefined>;
  /** Brings a blob into a file, or the rest of it. Gives the bytes that came. Throws BLOB_DAMAGED. */
  pull(blob: Blob, file: string): Promise<number>;
  /** A small blob as text. Throws BLOB_DAMAGED. */
  read(blob: Blob): Promise<string>;
  /** Sends a blob where it is not there, or in the repository `from`. Gives the bytes that went. */
  push(blob: Blob, body: Body, from?: string): Promise<number>;
  manifest(reference: string): Promise<FoundManifest | undefined>;
  tag(tag: string, manifest: Manifest): Promise<Sha256>;
  tags(): Promise<string[]>;
  remove(digest: Sha256): Promise<void>;
}

export interface Registry {
  readonly address: Address;
  /** The repository of the address, or one below it. */
  repository(below?: string): Repository;
}

export interface RegistryOptions extends Partial<Patience> {
  readonly credentials?: FindCredentials;
}

/**
 * Opens a registry by the address of a repository, such as `registry.example/group/cache`. Asks
 * nothing yet. What fails for a moment is tried again for `retryMs`, 30 s by default. Throws
 * REGISTRY_ADDRESS.
 */
export function openRegistry(address: string, options: RegistryOptions = {}): Registry {
  const { credentials = anonymous, idleMs = 30_000, retryMs = 30_000, signal } = options;
  const parsed = parseAddress(address);
  const session = openSession(parsed, { credentials, idleMs, retryMs, signal });
  return {
    address: parsed,
    repository(below) {
      const name = [parsed.repository, ...(below === undefined ? [] : [below])].join("/");
      return {
        name: session.nameOf(name),
        has: (blob) => headBlob(session, name, blob),
        pull: (blob, file) => pullBlob(session, name, blob, file),
        read: (blob) => readBlob(session, name, blob),
        push: (blob, body, from) =>
          pushBlob(session, {
            ...{ repository: name, blob, body },
            from: from === undefined ? undefined : `${parsed.repository}/${from}`,
          }),
        manifest: (reference) => getManifest(session, name, reference),
        tag: (tag, manifest) => putManifest(session, { repository: name, tag, manifest }),
        tags: () => listTags(session, name),
        remove: (digest) => deleteManifest(session, name, digest),
      };
    },
  };
}
