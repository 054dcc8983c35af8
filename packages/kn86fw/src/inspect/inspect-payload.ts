import type { Sha256 } from "@pibuild/core";
import { sha256Of } from "../format/chunk.ts";
import { blockBytes } from "../format/limits.ts";
import type { ImageName, Manifest } from "../format/manifest.ts";
import type { Payload } from "../read/open-payload.ts";
import { readIndexes } from "../read/read-indexes.ts";

/** What an image is made of, in bytes of the image. */
export interface ImageSummary {
  readonly name: ImageName;
  readonly bytes: number;
  /** Bytes in the file. */
  readonly compressedBytes: number;
  readonly dataBytes: number;
  readonly zeroBytes: number;
  /** From the base. */
  readonly copiedBytes: number;
}

/** What a payload says of itself. Nothing here was verified, but for its form. */
export interface Inspection {
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly signedBy: readonly string[];
  readonly manifestSha256: Sha256;
  readonly images: readonly ImageSummary[];
}

/** Reads head and indexes, and not the data. Throws PAYLOAD_REFUSED where the form is not right. */
export async function inspectPayload(payload: Payload): Promise<Inspection> {
  const { manifest, head, source } = payload;
  const indexes = await readIndexes(payload);
  const images = (["boot", "root"] as const).map((name): ImageSummary => {
    const bytesOf = (op: "d" | "z" | "c") =>
      indexes[name]
        .filter((line) => line.op === op)
        .reduce((sum, { count }) => sum + count * blockBytes, 0);
    return {
      name,
      bytes: manifest.images[name].size,
      compressedBytes: manifest.images[name].data,
      dataBytes: bytesOf("d"),
      zeroBytes: bytesOf("z"),
      copiedBytes: bytesOf("c"),
    };
  });
  const signedBy = head.signatures.map(({ keyId }) => keyId);
  return {
    manifest,
    bytes: source.size,
    signedBy,
    manifestSha256: sha256Of(head.manifest),
    images,
  };
}
