import { type Emit, isPibuildError, type Sha256, silent } from "@pibuild/core";
import {
  type LayerRecord,
  mayLeave,
  readableRecord,
  type Scratch,
  type Store,
} from "@pibuild/layers";
import type { EntryBlob } from "../record/entry.ts";
import type { Found, RemoteCache } from "../remote/remote-cache.ts";

export interface CachedStoreParts {
  readonly local: Store;
  readonly scratch: Pick<Scratch, "lock" | "download">;
  readonly remote: RemoteCache;
  readonly emit?: Emit;
}

/** A layer that the cache has and this machine may not. */
interface Promised {
  readonly found: Found;
  readonly blob: EntryBlob;
  readonly record: LayerRecord;
}

/**
 * A local store with a cache behind it. What is here is never asked for there. A layer of the cache's is
 * a hit by its record alone: its bytes come when somebody wants the file. `fetch` throws LAYER_LOST where
 * they do not; from then on the layer is no hit. What is put here is sent there, if it may leave.
 */
export function cachedStore({ local, scratch, remote, emit = silent }: CachedStoreParts): Store {
  const promised = new Map<Sha256, Promised>();

  const findThere = async (fingerprint: Sha256): Promise<Promised | undefined> => {
    const found = await remote.find("layer", fingerprint);
    const record = readableRecord(found?.entry.about);
    const blob = found?.entry.blobs.find(({ digest }) => digest === record?.layer.digest);
    if (found === undefined || record === undefined || blob === undefined) return undefined;
    // The record vouches for its fingerprint; one that should have stayed where it was is nobody's.
    if (record.fingerprint !== fingerprint || record.layer.bytes !== blob.bytes) return undefined;
    if (!mayLeave(record)) return undefined;
    return { found, blob, record };
  };

  const bring = async ({ found, blob, record }: Promised): Promise<void> => {
    await using _lock = await scratch.lock(blob.digest, () => {
      emit({ type: "waiting", what: `another build to bring the layer of ${record.step}` });
    });
    if (await isHere(local, record)) return;
    const file = await scratch.download(blob.digest);
    await remote.bring(found, blob, file, record.step);
    await local.adopt(file, record);
  };

  return {
    ...local,
    async find(fingerprint) {
      const answer = await local.find(fingerprint);
      if (answer.status === "hit") return answer;
      const there = await findThere(fingerprint);
      if (there === undefined) return answer;
      if (answer.why !== "never-built") {
        // What was here is brought back at once: where that fails, why it is gone is the answer.
        try {
          await bring(there);
        } catch (error) {
          // Also where the store may only be read.
          if (!isPibuildError(error, "LAYER_LOST") && !isPibuildError(error, "STORE_UNUSABLE"))
            throw error;
          return answer;
        }
      }
      promised.set(there.record.layer.digest, there);
      const { step } = there.record;
      emit({ type: "cache-hit", what: step, scope: there.found.entry.scope });
      return { status: "hit", record: there.record };
    },
    async fetch(layer) {
      const there = promised.get(layer.digest);
      try {
        return await local.fetch(layer);
      } catch (error) {
        if (there === undefined || !isPibuildError(error, "STORE_UNUSABLE")) throw error;
      }
      await bring(there);
      return local.fetch(layer);
    },
    async put(file, entry) {
      const record = await local.put(file, entry);
      if (mayLeave(record)) void remote.push(await layerParcel(local, record));
      return record;
    },
  };
}

/** A layer of a local store with its record, as it is sent. */
export async function layerParcel(local: Store, record: LayerRecord) {
  const { fingerprint: key, step: what, image, layer } = record;
  const blobs = [{ name: "layer", ...layer, file: await local.fetch(layer) }];
  return { kind: "layer" as const, key, what, image, about: record, blobs };
}

async function isHere(local: Store, { fingerprint, layer }: LayerRecord): Promise<boolean> {
  const answer = await local.find(fingerprint);
  return answer.status === "hit" && answer.record.layer.digest === layer.digest;
}
