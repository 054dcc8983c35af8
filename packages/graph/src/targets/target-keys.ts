import { canonicalJson, PibuildError, type Sha256, sha256 } from "@pibuild/core";
import { chainDigest, type LayerRecord } from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import { diskLayout } from "../disk/disk-layout.ts";
import type { OpenImage } from "../open/open-image.ts";
import { piGenWord } from "../open/used-pi-gen.ts";
import { targetNames } from "./targets.ts";

/** The steps up to and with the end of a stage; all of them where no stage is named. */
export function stepsUntil({ image, stages, steps }: OpenImage, stage?: string): Step[] {
  if (stage === undefined) return [...steps];
  // A target has the name that is written; behind a symlink the stage itself may have another.
  const known = targetNames(image).slice(0, stages.length);
  const last = known.indexOf(stage);
  if (last === -1) {
    throw new PibuildError("STEP_UNKNOWN", { image: image.name, step: stage, known });
  }
  const upTo = new Set(stages.slice(0, last + 1));
  return steps.filter((step) => upTo.has(step.stage));
}

/** What the disk depends on: the tree, the layout, and the programs that write filesystems. */
export async function diskKey(open: OpenImage, layers: readonly LayerRecord[]): Promise<Sha256> {
  const { image, versions } = open;
  return sha256(
    canonicalJson({
      format: 1,
      tree: chainDigest(layers.map(({ layer }) => layer.digest)),
      layout: diskLayout(image.disk),
      disk: image.disk,
      fileName: image.fileName,
      // It is verified when the disk is made, so another one asks for that again.
      ...(open.kernelVersion === undefined ? {} : { kernelVersion: open.kernelVersion }),
      // The manifest says it, and has to say what is so.
      ...(open.piGen === undefined ? {} : { piGen: piGenWord(open.piGen) }),
      sourceDateEpoch: image.sourceDateEpoch,
      mke2fs: await versions.of("mke2fs"),
      mkfsVfat: await versions.of("mkfs.vfat"),
      mtools: await versions.of("mcopy"),
    }),
  );
}

/** What the field update depends on: the disk, what it says of itself, and the zstd in Node.js. */
export function payloadKey({ image }: Pick<OpenImage, "image">, disk: Sha256): Sha256 {
  const { payload, fileName } = image;
  const { zstd } = process.versions;
  return sha256(canonicalJson({ format: 2, disk, fileName, payload, zstd }));
}

/** What the compressed image and its block map depend on. */
export async function artifactsKey(
  open: Pick<OpenImage, "image" | "versions">,
  disk: Sha256,
): Promise<Sha256> {
  const { image, versions } = open;
  return sha256(
    canonicalJson({ format: 2, disk, compression: image.compression, xz: await versions.of("xz") }),
  );
}
