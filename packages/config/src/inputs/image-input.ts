import { resolve } from "node:path";
import type { ConfigIssue } from "@pibuild/core";
import type { ImageFile } from "../schema.ts";
import type { YamlPath } from "../yaml-file.ts";

/** A file that the image takes from outside. */
export interface ImageInput {
  readonly name: string;
  /** Through which scripts find it: `INPUT_` and the name in capitals. */
  readonly variable: string;
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  /** Where the file's path, and its digest, stand in image.yaml: issues without words yet. */
  readonly pathAt: ConfigIssue;
  readonly sha256At: ConfigIssue;
}

/** The variable that tells scripts where an input is. */
export function inputVariable(name: string): string {
  return `INPUT_${name.toUpperCase()}`;
}

/** The inputs of an image.yaml, whose paths start at its directory. */
export function imageInputs(
  inputs: ImageFile["inputs"],
  directory: string,
  issueAt: (path: YamlPath) => ConfigIssue,
): ImageInput[] {
  return Object.entries(inputs).map(([name, { path, sha256 }]) => ({
    name,
    variable: inputVariable(name),
    path: resolve(directory, path),
    sha256,
    pathAt: issueAt(["inputs", name, "path"]),
    sha256At: issueAt(["inputs", name, "sha256"]),
  }));
}
