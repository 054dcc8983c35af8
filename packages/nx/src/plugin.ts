import { basename, dirname } from "node:path";
import { loadImage } from "@pibuild/config";
import { PibuildError, renderError } from "@pibuild/core";
import { targetNames } from "@pibuild/pigen-runner";
import type { CreateNodesResult, CreateNodesV2 } from "nx/src/devkit-exports.js";
import { imageProject } from "./image-project.ts";

export const name = "@pibuild/nx";

/** Infers a project for every `apps/<image>/image.yaml`. */
export const createNodesV2: CreateNodesV2 = [
  "apps/*/image.yaml",
  async (files, _options, { workspaceRoot }) =>
    Promise.all(files.map(async (file) => [file, await infer(workspaceRoot, file)] as const)),
];
export const createNodes = createNodesV2;

/** An image that cannot be read has no targets: it must not stand in the way of the others. */
async function infer(workspace: string, file: string): Promise<CreateNodesResult> {
  const root = dirname(file);
  try {
    const image = await loadImage(workspace, basename(root), { env: process.env });
    const project = imageProject({ name: image.name, root, targets: targetNames(image) });
    return { projects: { [root]: project } };
  } catch (error) {
    if (!(error instanceof PibuildError)) throw error;
    process.stderr.write(`${renderError(error)}\n`);
    return {};
  }
}
