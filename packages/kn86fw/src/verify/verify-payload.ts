import { isDeepStrictEqual } from "node:util";
import { type ImageName, slots } from "../format/manifest.ts";
import { checkBody } from "../read/check-body.ts";
import type { Payload } from "../read/open-payload.ts";
import { readChunks } from "../read/read-chunks.ts";
import { type Indexes, readIndexes } from "../read/read-indexes.ts";
import type { Source } from "../read/source.ts";
import { refuse } from "../refuse.ts";
import { imageDigest } from "./image-digest.ts";

/** The images that a delta builds upon. */
export interface BaseImages {
  readonly boot: Source;
  readonly root: Source;
}

export interface Verified {
  /** Bytes of the images that were made and compared: all, but for copies without a base. */
  readonly rawBytes: number;
}

/**
 * Reads everything: the body, the indexes, and each chunk, decompressed. Of a delta without `base`,
 * copies are not looked at. Throws PAYLOAD_REFUSED.
 */
export async function verifyPayload(payload: Payload, base?: BaseImages): Promise<Verified> {
  await checkBody(payload);
  const indexes = await readIndexes(payload);
  const root = await verifyImage(payload, "root", indexes, base?.root);
  const boot = await verifyImage(payload, "boot", indexes, base?.boot);
  return { rawBytes: root + boot };
}

async function verifyImage(
  payload: Payload,
  image: ImageName,
  indexes: Indexes,
  base: Source | undefined,
): Promise<number> {
  const { images, cmdline, chunkSize } = payload.manifest;
  const lines = indexes[image];
  const complete = base !== undefined || lines.every(({ op }) => op !== "c");
  const forms = image === "boot" ? slots : [];
  const variants = forms.map((slot) => ({ offset: cmdline.offset, bytes: indexes.cmdline[slot] }));
  const digest = imageDigest(chunkSize, images[image].size, variants);
  let rawBytes = 0;
  for await (const chunk of readChunks(payload, image, lines, base)) {
    rawBytes += chunk.bytes.length;
    if (complete) digest.add(chunk);
  }
  if (!complete) return rawBytes;
  const wanted = [images[image].digest, ...forms.map((slot) => cmdline[slot].digest)];
  if (!isDeepStrictEqual(digest.digests(), wanted)) {
    refuse(payload.source.name, "index", `the ${image} image is not the one that was signed`);
  }
  return rawBytes;
}
