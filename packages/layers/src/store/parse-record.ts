import { canonicalJson, type Sha256 } from "@pibuild/core";
import { type FingerprintData, fingerprintOf } from "../fingerprint/fingerprint.ts";
import type { LayerBlob, LayerRecord, NewRecord } from "./record.ts";

/** A new record as every store writes it. */
export function newRecord(record: NewRecord, layer: LayerBlob): LayerRecord {
  return { version: 2, ...record, layer };
}

export function recordText(record: LayerRecord): string {
  return `${canonicalJson(record)}\n`;
}

/** The record that a text holds. Undefined for a damaged one, and for a version that is not known here. */
export function parseRecord(text: string): LayerRecord | undefined {
  try {
    return readableRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A value as a record. Undefined for what is none, see `parseRecord`. */
export function readableRecord(value: unknown): LayerRecord | undefined {
  try {
    return isRecord(value) ? value : undefined;
  } catch {
    // As good as none: the step runs and writes a new one.
    return undefined;
  }
}

/** Whether a text is a digest, and so is safe as part of a path. */
export function isDigest(value: unknown): value is Sha256 {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** The inputs vouch for the fingerprint. */
function isRecord(value: unknown): value is LayerRecord {
  const record = value as LayerRecord;
  return (
    (record.version === 1 || record.version === 2) &&
    isDigest(record.layer.digest) &&
    Number.isSafeInteger(record.layer.bytes) &&
    typeof record.image === "string" &&
    typeof record.step === "string" &&
    Number.isFinite(record.durationMs) &&
    ["secret", "machine", undefined].includes(record.stays) &&
    [true, false, undefined].includes(record.deploys) &&
    ["string", "undefined"].includes(typeof record.build) &&
    isInputs(record.inputs) &&
    fingerprintOf(record.inputs) === record.fingerprint
  );
}

function isEntry({ path, content }: FingerprintData["files"][number]): boolean {
  return typeof path === "string" && typeof content === "string";
}

/** Whether two of them can be compared. */
function isInputs({ format, files, settings, tools }: FingerprintData): boolean {
  const texts = [settings, tools].map((group) => Object.values(group));
  return (
    format === 1 &&
    files.every((file) => isEntry(file)) &&
    texts.flat().every((text) => typeof text === "string")
  );
}
