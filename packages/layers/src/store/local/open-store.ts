import { readFile, stat } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";
import { newRecord, parseRecord, recordText } from "../parse-record.ts";
import type { LayerRecord } from "../record.ts";
import type { Store } from "../store.ts";
import { checkBlob, putBlob } from "./blobs.ts";
import { findKept, rememberKept } from "./kept.ts";
import { layout } from "./layout.ts";
import { orUnusable } from "./unusable.ts";
import { writeWhole } from "./write-file.ts";

/** Opens the store in a directory, which need not exist yet. */
export function openStore(directory: string): Store {
  const at = layout(directory);
  return {
    async find(fingerprint) {
      const record = await readRecord(at.record(fingerprint));
      if (record?.fingerprint !== fingerprint) return { status: "miss", why: "never-built" };
      const state = await checkBlob(directory, record.layer);
      return state === "good"
        ? { status: "hit", record }
        : { status: "miss", why: `blob-${state}` as const };
    },
    async fetch({ digest }) {
      const path = at.blob(digest);
      if (await isThere(path)) return path;
      const reason = "the layer is gone: something removed it meanwhile";
      throw new PibuildError("STORE_UNUSABLE", { path, reason });
    },
    async put(file, entry) {
      const record = newRecord(entry, await putBlob(directory, file));
      const path = at.record(entry.fingerprint);
      await orUnusable(path, () => writeWhole(directory, path, recordText(record)));
      await writeLatest(directory, at.latest(entry.image, entry.step), record);
      return record;
    },
    async adopt(file, record) {
      const { digest } = await putBlob(directory, file);
      if (digest !== record.layer.digest)
        throw new Error(`${file} is another layer than its record's`);
      const path = at.record(record.fingerprint);
      await orUnusable(path, () => writeWhole(directory, path, recordText(record)));
    },
    latest: (image, step) => readRecord(at.latest(image, step)),
    async use(image, step, record) {
      const path = at.latest(image, step);
      if ((await readRecord(path))?.fingerprint === record.fingerprint) return;
      await writeLatest(directory, path, { ...record, image, step });
    },
    kept: (key, maxAgeMs) => findKept(directory, key, maxAgeMs),
    async keep(file, key) {
      const blob = await putBlob(directory, file);
      if (key !== undefined) await rememberKept(directory, key, blob);
      return at.blob(blob.digest);
    },
  };
}

async function readRecord(path: string): Promise<LayerRecord | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseRecord(text);
}

/** It only serves to explain: a store that may only be read, or a name that is too long, is no failure. */
async function writeLatest(store: string, path: string, record: LayerRecord): Promise<void> {
  await writeWhole(store, path, recordText(record)).catch(() => undefined);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
