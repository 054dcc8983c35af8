import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeTree, type Sha256, sha256 } from "@pibuild/core";
import { openRegistry } from "@pibuild/registry";
import type { TestRegistry } from "@pibuild/test-kit";
import { type Depot, directoryDepot, registryDepot } from "../src/index.ts";

/** A depot, and what befalls it from outside. */
export interface DepotRig extends AsyncDisposable {
  open(): Depot;
  /** Makes the bytes of a blob others; undefined: they are gone. */
  setBlob(scope: string, digest: Sha256, content: string | undefined): Promise<void>;
  /** Puts any text under a key, with some blobs that are there. */
  setText(scope: string, key: Sha256, text: string): Promise<void>;
}

/** A depot in a directory below another one, in a path with a space. */
export async function openDirectoryRig(parent: string): Promise<DepotRig> {
  const directory = await mkdtemp(join(parent, "a depot-"));
  const depot = directoryDepot(directory);
  return {
    open: () => directoryDepot(directory),
    async setBlob(scope, digest, content) {
      const path = join(directory, scope, "blobs", digest.slice(0, 2), digest);
      await change(path, content);
    },
    setText: (scope, key, text) => depot.write({ scope, key, text, blobs: [], labels: {} }),
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}

let repositories = 0;

/** A depot in a repository of its own; requests may go through `host`. */
export function openRegistryRig(registry: TestRegistry, host = registry.host): DepotRig {
  const address = `${host}/test/r${repositories++}`;
  const open = () => registryDepot(openRegistry(address, { idleMs: 2_000, retryMs: 1_000 }));
  return {
    open,
    async setBlob(_scope, digest, content) {
      await change(registry.blobFile(digest), content);
    },
    setText: (scope, key, text) => open().write({ scope, key, text, blobs: [], labels: {} }),
    async [Symbol.asyncDispose]() {},
  };
}

/** Others' files are not there: a cache does not have all that a store has. */
async function change(path: string, content: string | undefined): Promise<void> {
  if (!existsSync(path)) return;
  if (content === undefined) await rm(path);
  else await writeFile(path, content);
}

/** The digest and length of a text. */
export function blobFor(text: string) {
  return { digest: sha256(text), bytes: Buffer.byteLength(text) };
}
