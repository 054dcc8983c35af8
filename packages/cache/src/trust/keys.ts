import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { PibuildError, sha256 } from "@pibuild/core";

/** A key that records are signed with. */
export interface Signer {
  readonly name: string;
  /** `ed25519:` and its public half, as `trust:` has it. */
  readonly publicText: string;
  readonly privateKey: KeyObject;
}

/** A key whose records are believed. */
export interface TrustedKey {
  readonly name: string;
  readonly publicKey: KeyObject;
  /** The scopes that it may speak for; undefined: all. */
  readonly scopes: readonly string[] | undefined;
}

const prefix = "ed25519:";

/** Before the 32 bytes of a key in DER: SubjectPublicKeyInfo of id-Ed25519 (RFC 8410). */
const derHead = Buffer.from("302a300506032b6570032100", "hex");

/** Makes a pair: the private key as PEM, for a file or a secret, and what belongs below `trust:`. */
export function generateKey(): { readonly pem: string; readonly publicText: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { pem, publicText: publicTextOf(publicKey) };
}

/**
 * The key of a PEM text; a variable may have `\n` for its newlines, or none. `place` says where it is
 * from. Throws CACHE_KEY_INVALID, and shows nothing of it.
 */
export function parsePrivateKey(text: string, place: string): Signer {
  const invalid = () =>
    new PibuildError("CACHE_KEY_INVALID", {
      place,
      problem: "it is no ed25519 private key in PEM",
    });
  const body = text.replaceAll("\\n", "\n").trim();
  const inner = /^-----BEGIN PRIVATE KEY-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END PRIVATE KEY-----$/;
  const found = inner.exec(body)?.[1]?.replaceAll(/\s/g, "");
  if (found === undefined) throw invalid();
  let privateKey: KeyObject;
  try {
    const key = Buffer.from(found, "base64");
    privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  } catch {
    throw invalid();
  }
  if (privateKey.asymmetricKeyType !== "ed25519") throw invalid();
  const publicText = publicTextOf(createPublicKey(privateKey));
  return { name: keyName(publicText), publicText, privateKey };
}

/** The key of `ed25519:<base64>`. Throws CACHE_KEY_INVALID. */
export function parsePublicKey(
  text: string,
  place: string,
  scopes?: readonly string[],
): TrustedKey {
  const raw = Buffer.from(text.slice(prefix.length), "base64");
  if (!isPublicKey(text))
    throw new PibuildError("CACHE_KEY_INVALID", {
      place,
      problem: "a public key is `ed25519:` and 44 characters of base64",
    });
  const key = Buffer.concat([derHead, raw]);
  const publicKey = createPublicKey({ key, format: "der", type: "spki" });
  return { name: keyName(text), publicKey, scopes };
}

export function isPublicKey(text: string): boolean {
  return /^ed25519:[A-Za-z0-9+/]{43}=$/.test(text);
}

function publicTextOf(key: KeyObject): string {
  const der = key.export({ type: "spki", format: "der" });
  return `${prefix}${der.subarray(derHead.length).toString("base64")}`;
}

/** What a key is called in records: enough to tell keys apart, and no proof of anything. */
function keyName(publicText: string): string {
  return sha256(publicText).slice(0, 16);
}
