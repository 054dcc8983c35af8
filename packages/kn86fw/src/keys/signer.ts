import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ed25519 } from "./ed25519.ts";

/** Who signs: a key file, or something that keeps its key to itself, such as an HSM. */
export interface Signer {
  readonly publicKey: KeyObject;
  /** The Ed25519 signature of these bytes: 64 bytes. */
  sign(bytes: Buffer): Promise<Buffer>;
}

/** A signer with the private key in a file. Throws PAYLOAD_INPUT for what is no Ed25519 key in PEM. */
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
