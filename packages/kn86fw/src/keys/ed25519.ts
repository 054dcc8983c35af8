import type { KeyObject } from "node:crypto";
import { type Sha256, sha256 } from "@pibuild/core";
import { unusable } from "../refuse.ts";

/** sha256 of the key's SubjectPublicKeyInfo in DER. */
export function keyId(publicKey: KeyObject): Sha256 {
  return sha256(publicKey.export({ type: "spki", format: "der" }));
}

/** The key that `read` gives. Throws PAYLOAD_INPUT where there is none, or one of another kind. */
export function ed25519(read: () => KeyObject, what: string): KeyObject {
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
