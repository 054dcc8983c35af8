import type { Sha256 } from "@pibuild/core";
import { chunkDigest, releaseMemory, sha256Of } from "../format/chunk.ts";
import { blockBytes } from "../format/limits.ts";
import { type Variant, variantSha256 } from "../format/variant.ts";
import type { Chunk } from "../read/read-chunks.ts";

/**
 * Digests of an image whose checked pieces come in order: as it is, and with each of the variants.
 * Pieces that are added are gone: their memory is given back.
 */
export function imageDigest(chunkSize: number, size: number, variants: readonly Variant[]) {
  const own = chunkDigest();
  const others = variants.map((variant) => ({ variant, digest: chunkDigest() }));
  let parts: Chunk[] = [];
  return {
    add(chunk: Chunk): void {
      parts.push(chunk);
      const end = (chunk.line.block + chunk.line.count) * blockBytes;
      if (end % chunkSize !== 0 && end !== size) return;
      const start = (parts[0] as Chunk).line.block * blockBytes;
      const whole = parts.length === 1;
      const bytes = whole ? chunk.bytes : Buffer.concat(parts.map(({ bytes }) => bytes));
      const sha256 = whole ? chunk.line.sha256 : sha256Of(bytes);
      own.add(sha256);
      for (const { variant, digest } of others)
        digest.add(variantSha256(bytes, start, variant) ?? sha256);
      // Zeros are the same memory again and again.
      for (const { line, bytes } of parts) if (line.op === "d") releaseMemory(bytes);
      parts = [];
    },
    /** Its own, then those of the variants in their order. */
    digests: (): Sha256[] => [own.digest(), ...others.map(({ digest }) => digest.digest())],
  };
}
