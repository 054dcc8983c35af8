import { PibuildError } from "@pibuild/core";
import { imageParameter } from "../common-parameters.ts";

/** An image, and packages of its lock. */
export const imageAndPackages = {
  kind: "array",
  minimum: 1,
  parameter: {
    brief: `${imageParameter.parameters[0].brief}; with --update, packages after it`,
    parse: String,
    placeholder: "image [package]",
  },
} as const;

export const updateFlag = {
  kind: "boolean",
  brief: "Take what mirrors have newer: of the named packages, or of all",
  default: false,
} as const;

/** The image and the packages among the arguments. Throws USAGE for packages where none are asked for. */
export function wordsOf(words: readonly string[], update: boolean): [string, readonly string[]] {
  const [image = "", ...packages] = words;
  if (packages.length === 0 || update) return [image, packages];
  const message = `unexpected argument \`${packages[0]}\``;
  throw new PibuildError("USAGE", { message, hint: "packages are named for --update" });
}
