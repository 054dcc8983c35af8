import type { Sha256 } from "@pibuild/core";
import { sha256Of } from "./chunk.ts";

/** Bytes that stand in another slot's image in place of others: its `cmdline.txt`. */
export interface Variant {
  /** From the start of the image. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** sha256 of a chunk that begins at `start`, with the other bytes; nothing where it has none of them. */
export function variantSha256(chunk: Buffer, start: number, variant?: Variant): Sha256 | undefined {
  const at = variant === undefined ? -1 : variant.offset - start;
  if (variant === undefined || at < 0 || at >= chunk.length) return undefined;
  const other = Buffer.from(chunk);
  variant.bytes.copy(other, at);
  return sha256Of(other);
}
