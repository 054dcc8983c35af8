import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Sha256 } from "@pibuild/core";
import { ed25519, keyId } from "./ed25519.ts";

/** A public key that a device trusts, by its id. */
export type TrustedKeys = ReadonlyMap<Sha256, KeyObject>;

/** Throws PAYLOAD_INPUT for what is no Ed25519 key in PEM. */
export function trustKeys(pems: readonly (string | Buffer)[]): TrustedKeys {
  return new Map(
    pems.map((pem) => {
      const key = ed25519(() => createPublicKey(pem), "a public key");
      return [keyId(key), key];
    }),
  );
}

/** The keys in these files. Throws PAYLOAD_INPUT, too. */
export async function readTrustedKeys(files: readonly string[]): Promise<TrustedKeys> {
  return trustKeys(await Promise.all(files.map((file) => readFile(file))));
}
