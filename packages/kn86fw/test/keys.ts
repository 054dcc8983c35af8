import { createPrivateKey, createPublicKey } from "node:crypto";
import { keySigner } from "../src/keys/signer.ts";
import { trustKeys } from "../src/keys/trusted-keys.ts";

/** PKCS#8's prefix of an Ed25519 key (RFC 8410); the seed of 32 bytes follows. */
const prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** Keys for tests and for nothing else: everybody can make them. */
export const testKeys = {
  first: pem(1),
  second: pem(2),
  stranger: pem(3),
};

export const testSigners = {
  first: keySigner(testKeys.first),
  second: keySigner(testKeys.second),
  stranger: keySigner(testKeys.stranger),
};

export const publicPems = {
  first: publicPem(testKeys.first),
  second: publicPem(testKeys.second),
  stranger: publicPem(testKeys.stranger),
};

export const trusted = trustKeys([publicPems.first, publicPems.second]);

function pem(fill: number): string {
  const der = Buffer.concat([prefix, Buffer.alloc(32, fill)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function publicPem(privatePem: string): string {
  return createPublicKey(privatePem).export({ type: "spki", format: "pem" }).toString();
}
