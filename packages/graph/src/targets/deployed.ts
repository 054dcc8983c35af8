import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { placeTree } from "@pibuild/artifacts";
import type { Image } from "@pibuild/config";
import { createLayerStack, type LayerRecord, mountOverlay, pushLayers } from "@pibuild/layers";
import type { OpenImage } from "../open/open-image.ts";
import type { ProducedFile } from "./manifest.ts";
import type { FileTarget } from "./target.ts";

/** The directory in `dist/<image>` with what steps put into DEPLOY_DIR. */
export const deployName = "deploy";

/** Its mode: it may hold what the image's secrets went into. */
export function deployMode({ secrets }: Pick<Image, "secrets">): number {
  return secrets.length > 0 ? 0o700 : 0o755;
}

/**
 * What steps put into DEPLOY_DIR and left there. After the disk, and not beside it: so a new disk takes the
 * old files away.
 */
export function deployed(_image: Image, lastStage: string): FileTarget {
  return {
    ...{ kind: "files", name: "deployed", after: [lastStage, "disk"], needsRoot: true },
    ...{ isDefault: true, isTree: true },
    brief: "What stages put into DEPLOY_DIR",
    outputs: () => [deployName],
    inputs: async ({ image }) => ({ mode: deployMode(image).toString(8) }),
    isIdle: (layers) => !layers.some(mayDeploy),
    async make(open, layers) {
      await using run = await open.context.scratch.openRun();
      const from = await mountDeployed(open, layers, run.path);
      return (await readdir(from)).length === 0 ? [] : await placeDeployed(open, from);
    },
  };
}

/** Puts a tree into its place in `dist/<image>`; gives its files. */
export async function placeDeployed(
  { image, context, output }: OpenImage,
  from: string,
): Promise<ProducedFile[]> {
  const files = await placeTree({
    ...{ exec: context.exec, from, to: join(output, deployName) },
    ...{ mode: deployMode(image), seconds: image.sourceDateEpoch },
  });
  return files.map((file) => ({ ...file, path: `${deployName}/${file.path}` }));
}

/** The trees of the layers that have one, as one directory; the others are not asked for. */
async function mountDeployed(
  { context: { exec, store } }: OpenImage,
  layers: readonly LayerRecord[],
  run: string,
): Promise<string> {
  const stack = createLayerStack(exec, join(run, "layers"));
  await pushLayers(
    stack,
    store,
    layers.filter(mayDeploy).map(({ layer }) => layer),
  );
  const target = join(run, "deployed");
  await mkdir(target);
  const trees = stack.lowers("deploy");
  if (trees.length === 0) return target;
  await mkdir(join(stack.directory, "bottom"), { recursive: true });
  const lowers = [...trees, "bottom"];
  await mountOverlay(exec, { cwd: stack.directory, lowers, target });
  return target;
}

function mayDeploy({ deploys }: LayerRecord): boolean {
  return deploys !== false;
}
