import type { Sha256 } from "@pibuild/core";
import { type EntryKind, parseEntry, type SignedEntry } from "../record/entry.ts";
import type { TrustedKey } from "./keys.ts";
import { type Doubt, doubtOf } from "./sign.ts";

/** What was asked for. */
export interface Asked {
  readonly kind: EntryKind;
  readonly key: Sha256;
  readonly scope: string;
}

export type Refusal = Doubt | "damaged" | "another-key" | "another-scope";

export type Checked = { readonly signed: SignedEntry } | { readonly refusal: Refusal };

/** What a cache has under a key, if it is that, was put there, and is vouched for. */
export function checkEntry(text: string, asked: Asked, trusted: readonly TrustedKey[]): Checked {
  const signed = parseEntry(text);
  if (signed === undefined) return { refusal: "damaged" };
  const { kind, key, scope } = signed.entry;
  if (key !== asked.key || kind !== asked.kind) return { refusal: "another-key" };
  if (scope !== asked.scope) return { refusal: "another-scope" };
  const doubt = doubtOf(signed, trusted);
  return doubt === undefined ? { signed } : { refusal: doubt };
}

/** Why a record was not taken, for people. */
export const refusalWords: Readonly<Record<Refusal, string>> = {
  damaged: "it is damaged, or of another version",
  "another-key": "it is another's record, under this name",
  "another-scope": "it was made for another scope, and copied",
  unsigned: "nobody has signed it, and `trust:` asks for that",
  stranger: "its key is not among those below `trust:`",
  forged: "its signature is false",
  "not-for-this-scope": "its key may not speak for this scope",
};
