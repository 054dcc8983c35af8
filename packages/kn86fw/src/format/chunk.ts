import { createHash, hash } from "node:crypto";
import type { Sha256 } from "@pibuild/core";
import { largestChunk } from "./limits.ts";

const zeros = Buffer.alloc(largestChunk);

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

/** Whether these bytes, at most a chunk, are all zero. */
export function isZero(bytes: Buffer): boolean {
  return bytes.equals(zeros.subarray(0, bytes.length));
}

/**
 * Gives back the memory of bytes that nobody reads any more, where it is theirs alone. As garbage it
 * would lie around for many chunks, and each of a few dozen of them would start a collection.
 */
export function releaseMemory({ buffer }: Buffer): void {
  // What Node cuts from its pool shares memory with others.
  if (buffer.byteLength > 2 * Buffer.poolSize) (buffer as ArrayBuffer).transfer(0);
}
