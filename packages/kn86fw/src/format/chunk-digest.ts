import { createHash, hash } from "node:crypto";
import type { Sha256 } from "@pibuild/core";

/** Collects the chunks of an image, in order, into the digest that names the image. */
export function chunkDigest(): { add(sha256: Sha256): void; digest(): Sha256 } {
  const all = createHash("sha256");
  return {
    add: (sha256) => void all.update(`${sha256}\n`),
    digest: () => all.digest("hex") as Sha256,
  };
}

/** sha256 of a chunk; in one call, which is faster than a stream of one. */
export function sha256Of(bytes: Buffer): Sha256 {
  return hash("sha256", bytes, "hex") as Sha256;
}
