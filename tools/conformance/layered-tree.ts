import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { readManifest } from "@pibuild/graph";
import {
  allocatedAttribute,
  createLayerStack,
  mountOverlay,
  openStore,
  pushLayers,
} from "@pibuild/layers";
import { type ConformanceWorkspace, imageName } from "./conformance-workspace.ts";
import { type Description, describeTree } from "./describe-tree.ts";

/** Digests of the layers that a build left up to the end of a stage, bottom first. */
export async function layersOf({ path }: Pick<ConformanceWorkspace, "path">, stage: string) {
  return (await readManifest(join(path, "dist", imageName), stage))?.layers ?? [];
}

/** Describes the tree that a layered build left at the end of a stage, as a disk would have it. */
export async function describeLayered(
  exec: Exec,
  workspace: Pick<ConformanceWorkspace, "path" | "store">,
  place: { readonly stage: string; readonly scratch: string },
): Promise<Map<string, Description>> {
  const tree = await mountLayered(exec, workspace, place);
  return await describeTree(exec, tree, { notes: [allocatedAttribute] });
}

/**
 * Mounts the tree that a layered build left at the end of a stage; gives its path. Must run as
 * root in a mount namespace of its own.
 */
export async function mountLayered(
  exec: Exec,
  workspace: Pick<ConformanceWorkspace, "path" | "store">,
  { stage, scratch }: { readonly stage: string; readonly scratch: string },
): Promise<string> {
  const stack = createLayerStack(exec, join(scratch, "layers"));
  const store = openStore(workspace.store);
  const layers = await layersOf(workspace, stage);
  await pushLayers(
    stack,
    store,
    layers.map((digest) => ({ digest })),
  );
  const target = join(scratch, "layered");
  await mkdir(join(stack.directory, "bottom"), { recursive: true });
  const lowers = [...stack.lowers("rootfs"), "bottom"];
  await mountOverlay(exec, { cwd: stack.directory, lowers, target });
  return target;
}
