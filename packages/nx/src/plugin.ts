import { randomUUID } from "node:crypto";
import { basename, dirname } from "node:path";
import { loadImage } from "@pibuild/config";
import { PibuildError, renderError } from "@pibuild/core";
import { buildVariable, targetsOf } from "@pibuild/graph";
import type { CreateNodesResult, CreateNodesV2, PreTasksExecution } from "nx/src/devkit-exports.js";
import { imageProject } from "./image-project.ts";

export const name = "@pibuild/nx";

/** Infers a project for every `apps/<image>/image.yaml`. */
export const createNodesV2: CreateNodesV2 = [
  "apps/*/image.yaml",
  async (files, _options, { workspaceRoot }) =>
    Promise.all(files.map(async (file) => [file, await infer(workspaceRoot, file)] as const)),
];
export const createNodes = createNodesV2;

/**
 * Nx asks for every target's digest by a process of its own, at the same time. What a run names is
 * answered here by one look at the image, and those processes only print it. A daemon has the
 * environment of whoever started it, so there each process looks for itself.
 */
export const preTasksExecution: PreTasksExecution = async (_options, { workspaceRoot, argv }) => {
  const isDaemon = process.env.NX_DAEMON_PROCESS === "true";
  const images = isDaemon ? [] : argv.flatMap(imageOf);
  const { digestsOf } = await import("./digests.ts");
  const digests = await digestsOf(workspaceRoot, [...new Set(images)], process.env);
  // Always set, or a run within a run would answer with what the outer one saw.
  process.env.PIBUILD_DIGESTS = JSON.stringify(digests);
  if (!isDaemon) process.env[buildVariable] = randomUUID();
};

/** `image` of an argument like `image:target`. */
function imageOf(argument: string): string[] {
  const [, image] = /^([a-z0-9][a-z0-9-]*):[^/\\]+$/.exec(argument) ?? [];
  return image === undefined ? [] : [image];
}

/** An image that cannot be read has no targets: it must not stand in the way of the others. */
async function infer(workspace: string, file: string): Promise<CreateNodesResult> {
  const root = dirname(file);
  try {
    const image = await loadImage(workspace, basename(root), { env: process.env });
    const project = imageProject({ name: image.name, root, targets: targetsOf(image) });
    return { projects: { [root]: project } };
  } catch (error) {
    if (!(error instanceof PibuildError)) throw error;
    process.stderr.write(`${renderError(error)}\n`);
    return {};
  }
}
