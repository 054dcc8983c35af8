import { canonicalJson, type Sha256 } from "@pibuild/core";
import { isDigest } from "@pibuild/layers";
import type { Blob } from "@pibuild/registry";

/** A file that a record names. */
export interface EntryBlob extends Blob {
  readonly name: string;
}

/** What a remote cache says of a layer, or of a target's result. All of it is signed. */
export interface Entry {
  readonly version: 1;
  readonly kind: EntryKind;
  /** Where it was put: the same words are worth nothing in another scope. */
  readonly scope: string;
  /** A layer's fingerprint, or a result's key. */
  readonly key: Sha256;
  readonly blobs: readonly EntryBlob[];
  /** The record itself, as its kind has it. */
  readonly about: unknown;
}

/** What a record is of: a step's layer, a target's files, or what a task runner keeps of a task. */
export const entryKinds = ["layer", "result", "task"] as const;
export type EntryKind = (typeof entryKinds)[number];

/** Who says so: the name of a key, and its signature as base64. */
export interface Signature {
  readonly key: string;
  readonly signature: string;
}

export interface SignedEntry {
  readonly entry: Entry;
  readonly signatures: readonly Signature[];
}

export function entryText(signed: SignedEntry): string {
  return canonicalJson(signed);
}

/** The record that a text holds; undefined for one that is damaged, or of a version not known here. */
export function parseEntry(text: string): SignedEntry | undefined {
  try {
    const value = JSON.parse(text) as SignedEntry;
    return isEntry(value.entry) && value.signatures.every(isSignature) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry({ version, kind, scope, key, blobs, about }: Entry): boolean {
  return (
    version === 1 &&
    entryKinds.includes(kind) &&
    typeof scope === "string" &&
    isDigest(key) &&
    blobs.every(isBlob) &&
    typeof about === "object" &&
    about !== null
  );
}

function isBlob({ name, digest, bytes }: EntryBlob): boolean {
  return typeof name === "string" && isDigest(digest) && Number.isSafeInteger(bytes) && bytes >= 0;
}

function isSignature({ key, signature }: Signature): boolean {
  return typeof key === "string" && typeof signature === "string";
}
