import type { Sha256 } from "@pibuild/core";
import { sha256Of } from "../format/chunk.ts";
import { type Manifest, manifestBytes } from "../format/manifest.ts";
import { bodyBytes } from "../format/members.ts";
import { parseManifest } from "../format/parse-manifest.ts";
import { unusable } from "../refuse.ts";
import type { CompressedSlot } from "./compress-slot.ts";
import type { SlotSource, WriteOptions } from "./write-options.ts";

/** Stands for the body's sha256 until the body is written: as long as any. */
const unknown = "0".repeat(64) as Sha256;

type Parts = Omit<WriteOptions, "output"> & {
  readonly chunkSize: number;
  readonly packed: { readonly boot: CompressedSlot; readonly root: CompressedSlot };
};

/** The manifest but for `body.sha256`. Throws PAYLOAD_INPUT for a description that is not valid. */
export function composeManifest(parts: Parts): Manifest {
  const { description, packed, cmdline, base, chunkSize } = parts;
  const images = {
    boot: imageEntry(packed.boot, parts.boot),
    root: imageEntry(packed.root, parts.root),
  };
  const manifest: Manifest = {
    ...description,
    ...(base === undefined ? {} : { base: base.description }),
    boards: [...description.boards].sort(),
    body: { sha256: unknown, size: bodyBytes(images) },
    chunkSize,
    cmdline: {
      a: { digest: packed.boot.digest, sha256: sha256Of(cmdline.a) },
      b: { digest: packed.boot.variantDigest, sha256: sha256Of(cmdline.b) },
      offset: cmdline.offset,
    },
    format: "kn86fw/2",
    images,
    layout: description.layout as Sha256,
  };
  const read = parseManifest(manifestBytes(manifest));
  if ("problem" in read) {
    unusable(
      `the payload cannot be described: ${read.problem}`,
      "see docs/kn86fw.md for the fields",
    );
  }
  return manifest;
}

function imageEntry(packed: CompressedSlot, { image, slot }: SlotSource) {
  const { data, digest, index } = packed;
  return {
    data,
    digest,
    index: { sha256: sha256Of(index), size: index.length },
    size: image.size,
    slot,
  };
}
