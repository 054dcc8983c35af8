import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson, type Sha256 } from "@pibuild/core";
import { fingerprintOf } from "../fingerprint/fingerprint.ts";
import { blobPath, checkBlob, putBlob } from "./blobs.ts";
import type { LayerBlob, LayerRecord, StoreAnswer } from "./record.ts";

/** The content-addressed store: blobs by sha256, records by fingerprint. */
export interface Store {
  readonly path: string;
  /** The record of a fingerprint, with its blob checked; a corrupt blob is dropped and a miss. */
  lookup(fingerprint: Sha256): Promise<StoreAnswer>;
  /** The record that a step of an image last had, whatever its fingerprint. */
  latest(image: string, step: string): Promise<LayerRecord | undefined>;
  /** Makes a record that was found the latest of a step, which may be another image's. */
  use(image: string, step: string, record: LayerRecord): Promise<void>;
  /** Takes a packed layer in. The record is written last, so a record always has its blob. */
  add(file: string, record: Omit<LayerRecord, "layer" | "version">): Promise<LayerRecord>;
  blobPath(layer: Pick<LayerBlob, "digest">): string;
}

/** Opens the store in a directory, which need not exist yet. */
export function openStore(path: string): Store {
  return {
    path,
    blobPath: (layer) => blobPath(path, layer.digest),
    async lookup(fingerprint) {
      const record = await readRecord(recordPath(path, fingerprint));
      if (record?.fingerprint !== fingerprint) return { status: "miss", why: "never-built" };
      const state = await checkBlob(path, record.layer);
      return state === "good"
        ? { status: "hit", record }
        : { status: "miss", why: `blob-${state}` as const };
    },
    async latest(image, step) {
      return readRecord(latestPath(path, image, step));
    },
    async use(image, step, record) {
      const file = latestPath(path, image, step);
      if ((await readRecord(file))?.fingerprint === record.fingerprint) return;
      // It only serves to explain: a store that may only be read is used all the same.
      await writeRecord(file, { ...record, image, step }).catch(() => undefined);
    },
    async add(file, entry) {
      const layer = await putBlob(path, file);
      const record: LayerRecord = { version: 1, ...entry, layer };
      await writeRecord(recordPath(path, entry.fingerprint), record);
      await writeRecord(latestPath(path, entry.image, entry.step), record);
      return record;
    },
  };
}

function recordPath(store: string, fingerprint: Sha256): string {
  return join(store, "records", fingerprint.slice(0, 2), `${fingerprint}.json`);
}

function latestPath(store: string, image: string, step: string): string {
  return join(store, "latest", image, `${step.replaceAll("/", "__")}.json`);
}

async function readRecord(path: string): Promise<LayerRecord | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    // A record that does not parse is as good as none: the step runs and writes a new one.
    return undefined;
  }
}

/** Whether a damaged or foreign document is safe to use; the inputs vouch for the fingerprint. */
function isRecord(value: unknown): value is LayerRecord {
  const record = value as LayerRecord;
  return (
    record.version === 1 &&
    /^[0-9a-f]{64}$/.test(record.layer.digest) &&
    Number.isSafeInteger(record.layer.bytes) &&
    fingerprintOf(record.inputs) === record.fingerprint
  );
}

async function writeRecord(path: string, record: LayerRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, `${canonicalJson(record)}\n`);
  await rename(temporary, path);
}
