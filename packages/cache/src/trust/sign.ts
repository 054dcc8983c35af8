import { sign, verify } from "node:crypto";
import { canonicalJson } from "@pibuild/core";
import type { Entry, SignedEntry } from "../record/entry.ts";
import type { Signer, TrustedKey } from "./keys.ts";

/** What a key that signs other things as well has never signed. */
const domain = "pibuild cache record 1\n";

function signedBytes(entry: Entry): Buffer {
  return Buffer.from(`${domain}${canonicalJson(entry)}`);
}

/** An entry with the signature of a key, or with none. */
export function signEntry(entry: Entry, signer: Signer | undefined): SignedEntry {
  if (signer === undefined) return { entry, signatures: [] };
  const signature = sign(null, signedBytes(entry), signer.privateKey).toString("base64");
  return { entry, signatures: [{ key: signer.name, signature }] };
}

/** Why an entry is not believed; undefined: it is. Without trusted keys all are. */
export type Doubt = "unsigned" | "stranger" | "forged" | "not-for-this-scope";

/** Asks whether one of some keys vouches for an entry, in the scope that it names. */
export function doubtOf(
  { entry, signatures }: SignedEntry,
  trusted: readonly TrustedKey[],
): Doubt | undefined {
  if (trusted.length === 0) return undefined;
  if (signatures.length === 0) return "unsigned";
  let doubt: Doubt = "stranger";
  for (const { key, signature } of signatures.slice(0, 8)) {
    const known = trusted.find(({ name }) => name === key);
    if (known === undefined) continue;
    if (!verify(null, signedBytes(entry), known.publicKey, Buffer.from(signature, "base64")))
      doubt = "forged";
    else if (known.scopes !== undefined && !known.scopes.includes(entry.scope))
      doubt = "not-for-this-scope";
    else return undefined;
  }
  return doubt;
}
