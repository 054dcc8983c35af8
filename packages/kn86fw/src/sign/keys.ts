import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Sha256, sha256 } from "@pibuild/core";
import { unusable } from "../refuse.ts";

/** Who signs: a key file, or something that keeps its key to itself, such as an HSM. */
export interface Signer {
  readonly publicKey: KeyObject;
  /** The Ed25519 signature of these bytes: 64 bytes. */
  sign(bytes: Buffer): Promise<Buffer>;
}

/** A public key that a device trusts, by its id. */
export type TrustedKeys = ReadonlyMap<Sha256, KeyObject>;

/** sha256 of the key's SubjectPublicKeyInfo in DER. */
export function keyId(publicKey: KeyObject): Sha256 {
  return sha256(publicKey.export({ type: "spki", format: "der" }));
}

/** Throws PAYLOAD_INPUT for what is no Ed25519 key in PEM. */
export function trustKeys(pems: readonly (string | Buffer)[]): TrustedKeys {
  return new Map(
    pems.map((pem) => {
      const key = ed25519(() => createPublicKey(pem), "a public key");
      return [keyId(key), key];
    }),
  );
}

export async function readTrustedKeys(files: readonly string[]): Promise<TrustedKeys> {
  return trustKeys(await Promise.all(files.map((file) => readFile(file))));
}

export async function readSigner(file: string): Promise<Signer> {
  return keySigner(await readFile(file));
}

/** A signer with its private key in memory (PEM, PKCS#8). */
export function keySigner(pem: string | Buffer): Signer {
  const key = ed25519(() => createPrivateKey(pem), "a private key");
  return {
    publicKey: createPublicKey(key),
    sign: async (bytes) => sign(null, bytes, key),
  };
}

function ed25519(read: () => KeyObject, what: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // What OpenSSL says of a file that is no key helps nobody.
  }
  if (key?.asymmetricKeyType === "ed25519") return key;
  return unusable(
    `what was given as ${what} is no Ed25519 key in PEM`,
    "make a pair with `openssl genpkey -algorithm ed25519`",
  );
}
