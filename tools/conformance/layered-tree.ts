import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { createLayerStack, mountOverlay, openStore } from "@pibuild/layers";
import { readManifest } from "@pibuild/pigen-runner";
import { type ConformanceWorkspace, imageName } from "./conformance-workspace.ts";

/**
 * Mounts the tree that a layered build left at the end of a stage; gives its path. Must run as
 * root in a mount namespace of its own.
 */
export async function mountLayered(
  exec: Exec,
  { path, store }: ConformanceWorkspace,
  { stage, scratch }: { readonly stage: string; readonly scratch: string },
): Promise<string> {
  const manifest = await readManifest(join(path, "dist", imageName), stage);
  const stack = createLayerStack(exec, join(scratch, "layers"));
  for (const digest of manifest?.layers ?? [])
    await stack.push(openStore(store).blobPath({ digest }));
  const target = join(scratch, "layered");
  await mkdir(join(stack.directory, "bottom"), { recursive: true });
  const lowers = [...stack.lowers("rootfs"), "bottom"];
  await mountOverlay(exec, { cwd: stack.directory, lowers, target });
  return target;
}
