import { canonicalJson, type Sha256, sha256 } from "@pibuild/core";
import type { LayerRecord } from "@pibuild/layers";
import { layouts } from "@pibuild/partitioner";
import type { OpenImage } from "../open/open-image.ts";
import { piGenWord } from "../open/used-pi-gen.ts";

/**
 * What a final target depends on as a person names it, such as `disk/boot_size`, with values that
 * two builds can be compared by. The target's key covers the same; this only serves to explain it.
 */
export type TargetInputs = Readonly<Record<string, string>>;

/** What stands for the tree of a disk: each step's layer. */
export const layerPrefix = "layers/";

/** The disk's; without its layers where they are not known yet. */
export async function diskInputs(
  {
    image,
    versions,
    kernelVersion,
    piGen,
  }: Pick<OpenImage, "image" | "versions" | "kernelVersion" | "piGen">,
  layers: readonly LayerRecord[],
): Promise<TargetInputs> {
  return {
    ...Object.fromEntries(
      layers.map(({ step, layer }) => [`${layerPrefix}${step}`, brief(layer.digest)]),
    ),
    ...keysOf("disk", image.disk),
    // What image.yaml cannot say: it changes with pibuild itself.
    layout: brief(sha256(canonicalJson(layouts[image.disk.layout]))),
    "settings/IMG_NAME": image.fileName,
    ...(kernelVersion === undefined ? {} : { KERNEL_VERSION: kernelVersion }),
    ...(piGen === undefined ? {} : { "pi-gen": piGenWord(piGen) }),
    sourceDateEpoch: String(image.sourceDateEpoch),
    "tools/mke2fs": await versions.of("mke2fs"),
    "tools/mkfs.vfat": await versions.of("mkfs.vfat"),
    "tools/mtools": await versions.of("mcopy"),
  };
}

/** The field update's; without its disk where that is not known yet. */
export function payloadInputs({ image }: Pick<OpenImage, "image">, disk?: Sha256): TargetInputs {
  return {
    ...diskOf(disk),
    ...keysOf("payload", image.payload ?? {}),
    "settings/IMG_NAME": image.fileName,
    "tools/zstd": process.versions.zstd ?? "",
  };
}

/** Those of the compressed image; without its disk where that is not known yet. */
export async function artifactsInputs(
  { image, versions }: Pick<OpenImage, "image" | "versions">,
  disk?: Sha256,
): Promise<TargetInputs> {
  return {
    ...diskOf(disk),
    ...keysOf("compression", image.compression),
    "tools/xz": await versions.of("xz"),
  };
}

function diskOf(disk: Sha256 | undefined): TargetInputs {
  return disk === undefined ? {} : { disk: brief(disk) };
}

/** The entries of a part of an image, by the keys that image.yaml has for them. */
function keysOf(section: string, part: object): TargetInputs {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => {
      const key = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return [`${section}/${key}`, Array.isArray(value) ? value.join(", ") : String(value)];
    }),
  );
}

function brief(digest: Sha256): string {
  return digest.slice(0, 12);
}
