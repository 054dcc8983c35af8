import { canonicalJson, type Sha256, sha256 } from "@pibuild/core";
import type { LayerRecord } from "@pibuild/layers";

/**
 * What a target depends on as a person names it, such as `disk/boot_size`. Its key is a digest of all of
 * them; `pibuild why` compares them with those of the last build.
 */
export type TargetInputs = Readonly<Record<string, string>>;

/** What stands for a tree: each step's layer. */
const layerPrefix = "layers/";

/** The entries of a part of an image, under the keys that image.yaml has for them. */
export function keysOf(section: string, part: object): TargetInputs {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => {
      const key = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return [`${section}/${key}`, Array.isArray(value) ? value.join(", ") : String(value)];
    }),
  );
}

/** A finished tree as an input. */
export function layerInputs(layers: readonly LayerRecord[]): TargetInputs {
  return Object.fromEntries(
    layers.map(({ step, layer }) => [`${layerPrefix}${step}`, layer.digest]),
  );
}

/** Whether an input is made by an earlier target: then it is not known before that has run. */
export function isMade(field: string, after: readonly string[]): boolean {
  return field.startsWith(layerPrefix) || after.includes(field);
}

/** The step whose layer an input is; undefined for another input. */
export function stepOfLayer(field: string): string | undefined {
  return field.startsWith(layerPrefix) ? field.slice(layerPrefix.length) : undefined;
}

/** The digest of all that a target depends on. */
export function keyOf(target: string, inputs: TargetInputs): Sha256 {
  return sha256(canonicalJson({ target, inputs }));
}
