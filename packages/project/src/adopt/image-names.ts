import { basename } from "node:path";
import type { ConfigIssue } from "@pibuild/core";
import type { Carried } from "./carry.ts";
import type { Exports } from "./exports.ts";

export interface ImageNames {
  /** One for each image, in order. */
  readonly names: readonly string[];
  readonly notes: readonly ConfigIssue[];
}

/** Names for an adopted project's images: IMG_NAME, with IMG_SUFFIX where there are several. */
export function imageNames(
  { imgName }: Pick<Carried, "imgName">,
  { images }: Pick<Exports, "images">,
  { release, given }: { readonly release: string; readonly given: string | undefined },
): ImageNames {
  // pi-gen's own default.
  const base = given ?? imgName?.text ?? `raspios-${release}-arm64`;
  const taken = new Set<string>();
  const names = images.map(({ stages, suffix }) => {
    const wanted = plainName(images.length === 1 ? base : `${base}${suffix}`);
    const name = taken.has(wanted)
      ? plainName(`${wanted}-${basename(stages.at(-1)?.name ?? "")}`)
      : wanted;
    taken.add(name);
    return name;
  });
  if (imgName === undefined || plainName(base) === base) return { names, notes: [] };
  const isFileName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(base);
  const files = isFileName ? `; \`IMG_NAME=${base}\` in the environment calls the files so` : "";
  const message = `\`IMG_NAME\` is written \`${plainName(base)}\`: names of images are of a-z, 0-9, \`.\`, \`_\` and \`-\`${files}`;
  return { names, notes: [{ ...imgName.at, message }] };
}

function plainName(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9._-]+/g, "-");
  return plain.replace(/^[^a-z0-9]+|-+$/g, "") || "image";
}
