import { openScratch, openStore } from "@pibuild/layers";
import { openLocalRig } from "../../layers/test/local-store.ts";
import type { StoreRig } from "../../layers/test/store-rig.ts";
import { cachedStore, entryText, openRemote, type RemoteCache, scopesOf } from "../src/index.ts";
import type { DepotRig } from "./depot-rig.ts";

/** A local store with a cache behind it. What befalls the one befalls the other. */
export async function openCachedRig(
  openDepot: (near: string) => Promise<DepotRig>,
): Promise<StoreRig> {
  const local = await openLocalRig();
  const depot = await openDepot(local.directory);
  const remotes: RemoteCache[] = [];
  const open = () => {
    const remote = openRemote({
      ...{ depot: depot.open(), scopes: scopesOf("main", "main"), read: true, write: true },
      ...{ trusted: [], version: "0" },
    });
    remotes.push(remote);
    return cachedStore({ local: openStore(local.path), scratch: openScratch(local.path), remote });
  };
  const settled = () => Promise.all(remotes.map((remote) => remote.settle()));
  return {
    directory: local.directory,
    store: open(),
    again: open,
    content: local.content,
    setLatest: local.setLatest,
    setKept: local.setKept,
    age: local.age,
    async setContent(digest, content) {
      await settled();
      await local.setContent(digest, content);
      await depot.setBlob("main", digest, content);
    },
    async setRecord(fingerprint, text) {
      await settled();
      await local.setRecord(fingerprint, text);
      await depot.setText("main", fingerprint, remoteText(fingerprint, text));
    },
    async forbidWriting() {
      await settled();
      await local.forbidWriting();
    },
    async [Symbol.asyncDispose]() {
      await settled();
      await depot[Symbol.asyncDispose]();
      await local[Symbol.asyncDispose]();
    },
  };
}

/** A text as a cache has it: what is no JSON cannot stand in a record. */
function remoteText(key: Parameters<StoreRig["setRecord"]>[0], text: string): string {
  try {
    const about: unknown = JSON.parse(text);
    const entry = { version: 1, kind: "layer", scope: "main", key, blobs: [], about } as const;
    return entryText({ entry, signatures: [] });
  } catch {
    return text;
  }
}
