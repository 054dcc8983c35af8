import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PibuildError, type Sha256, sha256 } from "@pibuild/core";
import type { LayerRecord, Store, StoreAnswer } from "../src/index.ts";
import { isDigest, newRecord, parseRecord, recordText } from "../src/store/parse-record.ts";
import type { StoreRig } from "./store-rig.ts";

/** All that a store holds. Another machine would have it; here it is a map. */
class Held {
  readonly blobs = new Map<Sha256, Buffer>();
  readonly texts = new Map<string, string>();
  readonly times = new Map<Sha256, number>();
  readOnly = false;

  refuse(path: string): void {
    if (this.readOnly) throw new PibuildError("STORE_UNUSABLE", { path, reason: "read-only" });
  }
}

/** A store in memory. What is fetched is downloaded into a directory. */
function memoryStore(held: Held, downloads: string): Store {
  const check = (digest: Sha256): "good" | "blob-missing" | "blob-corrupt" => {
    const bytes = held.blobs.get(digest);
    if (bytes === undefined) return "blob-missing";
    if (sha256(bytes) === digest) return "good";
    if (!held.readOnly) held.blobs.delete(digest);
    return "blob-corrupt";
  };
  const fetch: Store["fetch"] = async ({ digest }) => {
    const bytes = held.blobs.get(digest);
    const path = join(downloads, digest);
    if (bytes === undefined) {
      throw new PibuildError("STORE_UNUSABLE", { path, reason: "the layer is gone" });
    }
    await writeFile(path, bytes);
    return path;
  };
  const take = async (file: string) => {
    held.refuse(file);
    const bytes = await readFile(file);
    const digest = sha256(bytes);
    held.blobs.set(digest, bytes);
    await rm(file);
    return { digest, bytes: bytes.length };
  };
  const read = (name: string): LayerRecord | undefined => parseRecord(held.texts.get(name) ?? "");
  const note = (image: string, step: string, record: LayerRecord) => {
    if (!held.readOnly) held.texts.set(`latest/${image}/${step}`, recordText(record));
  };
  return {
    fetch,
    async find(fingerprint): Promise<StoreAnswer> {
      const record = read(fingerprint);
      if (record?.fingerprint !== fingerprint) return { status: "miss", why: "never-built" };
      const state = check(record.layer.digest);
      return state === "good" ? { status: "hit", record } : { status: "miss", why: state };
    },
    async put(file, entry) {
      const record = newRecord(entry, await take(file));
      held.texts.set(entry.fingerprint, recordText(record));
      note(entry.image, entry.step, record);
      return record;
    },
    async adopt(file, record) {
      await take(file);
      held.texts.set(record.fingerprint, recordText(record));
    },
    latest: async (image, step) => read(`latest/${image}/${step}`),
    async use(image, step, record) {
      note(image, step, { ...record, image, step });
    },
    async kept(key, maxAgeMs = Number.POSITIVE_INFINITY) {
      const text = held.texts.get(`kept/${key}`) ?? "null";
      const digest = /^\{"digest":"(.*?)"/.exec(text)?.[1];
      if (!isDigest(digest) || Date.now() - (held.times.get(key) ?? 0) > maxAgeMs) return undefined;
      return check(digest) === "good" ? fetch({ digest }) : undefined;
    },
    async keep(file, key) {
      const { digest } = await take(file);
      if (key !== undefined) {
        held.texts.set(`kept/${key}`, JSON.stringify({ digest }));
        held.times.set(key, Date.now());
      }
      return fetch({ digest });
    },
  };
}

/** A store in memory, with its accidents. */
export async function openMemoryRig(): Promise<StoreRig> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild memory-")));
  const held = new Held();
  return {
    directory,
    store: memoryStore(held, directory),
    again: () => memoryStore(held, directory),
    async setContent(digest, content) {
      if (content === undefined) held.blobs.delete(digest);
      else held.blobs.set(digest, Buffer.from(content));
    },
    content: async (digest) => held.blobs.get(digest)?.toString(),
    async setRecord(fingerprint, text) {
      held.texts.set(fingerprint, text);
    },
    async setLatest(image, step, text) {
      held.texts.set(`latest/${image}/${step}`, text);
    },
    async setKept(key, text) {
      held.texts.set(`kept/${key}`, text);
    },
    async age(key, ms) {
      held.times.set(key, (held.times.get(key) ?? 0) - ms);
    },
    async forbidWriting() {
      held.readOnly = true;
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true });
    },
  };
}
