import { canonicalJson, type Sha256 } from "@pibuild/core";
import { z } from "zod";
import {
  blockBytes,
  indexLimit,
  largestChunk,
  memberLimit,
  sectorBytes,
  smallestChunk,
} from "./limits.ts";
import { versionPattern } from "./version.ts";

const word = z.string().regex(/^[A-Za-z0-9._+/-]{1,64}$/);
const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256);
const integer = (least: number, most = Number.MAX_SAFE_INTEGER) => z.int().min(least).max(most);
/** Zod's `multipleOf` allows for rounding, and so takes 2^53 - 1 for a multiple of 4096. */
const multiple = (of: number, least: number) =>
  integer(least).refine((value) => value % of === 0, `is no multiple of ${of}`);
const imageSize = multiple(blockBytes, 2 * blockBytes);
const cmdlineOffset = multiple(sectorBytes, blockBytes);

const image = z.strictObject({
  /** Bytes of `data/*.zst`. */
  data: integer(0, memberLimit),
  digest,
  index: z.strictObject({ sha256: digest, size: integer(1, indexLimit) }),
  size: imageSize,
  /** Bytes of the partition that it was made for. */
  slot: integer(2 * blockBytes),
});
const baseImage = z.strictObject({ digest, size: imageSize });
const cmdline = z.strictObject({ digest, sha256: digest });

export const manifestSchema = z.strictObject({
  base: z
    .strictObject({
      boot: baseImage,
      /** Where the base's `cmdline.txt` is. */
      cmdlineOffset,
      root: baseImage,
      version: word.regex(versionPattern),
    })
    .exactOptional(),
  boards: z.array(word).min(1).max(16),
  body: z.strictObject({ sha256: digest, size: multiple(sectorBytes, sectorBytes) }),
  chunkSize: integer(smallestChunk, largestChunk),
  cmdline: z.strictObject({
    a: cmdline,
    b: cmdline,
    offset: cmdlineOffset,
  }),
  compatible: word,
  createdAt: integer(0, 8 ** 11 - 1),
  format: z.literal("kn86fw/2"),
  images: z.strictObject({ boot: image, root: image }),
  layout: digest,
  securityEpoch: integer(0),
  version: word.regex(versionPattern),
});

/** What a payload says of itself; docs/kn86fw.md says what each field means. */
export type Manifest = z.infer<typeof manifestSchema>;
export type ImageName = keyof Manifest["images"];
export const slots = ["a", "b"] as const;
/** One of the two places for a system. */
export type Slot = (typeof slots)[number];

/** The manifest as it is signed. */
export function manifestBytes(manifest: Manifest): Buffer {
  return Buffer.from(canonicalJson(manifest), "latin1");
}

export const payloadType = "application/vnd.kn86.fw.manifest.v2+json";

/** What is signed: DSSE's pre-authentication encoding of the manifest. */
export function preAuthEncoding(manifest: Buffer): Buffer {
  const start = `DSSEv1 ${payloadType.length} ${payloadType} ${manifest.length} `;
  return Buffer.concat([Buffer.from(start), manifest]);
}
