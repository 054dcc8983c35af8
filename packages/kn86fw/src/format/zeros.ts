import { largestChunk } from "./limits.ts";

const zeros = Buffer.alloc(largestChunk);

/** Whether these bytes, at most a chunk, are all zero. */
export function isZero(bytes: Buffer): boolean {
  return bytes.equals(zeros.subarray(0, bytes.length));
}
