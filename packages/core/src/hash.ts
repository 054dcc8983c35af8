import { createHash } from "node:crypto";
import { readPieces } from "./read-pieces.ts";

/** A sha256 as 64 lower-case hexadecimal digits. */
export type Sha256 = string & { readonly __brand: "sha256" };

/** sha256 of a text (as UTF-8) or of bytes. */
export function sha256(data: string | Uint8Array): Sha256 {
  return createHash("sha256").update(data).digest("hex") as Sha256;
}

/** sha256 of a file's content, streamed. */
export async function sha256File(path: string | Buffer): Promise<Sha256> {
  const hash = createHash("sha256");
  for await (const bytes of readPieces(path)) hash.update(bytes);
  return hash.digest("hex") as Sha256;
}

/** JSON with sorted keys: the same data always gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
