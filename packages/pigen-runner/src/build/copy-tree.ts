import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  createLayerStack,
  fillAllocated,
  type LayerRecord,
  mountOverlay,
  pushLayers,
} from "@pibuild/layers";
import type { RunContext } from "../run/run-context.ts";

/** Copies the tree of layers, bottom first, to a directory that does not exist yet. As root. */
export async function copyTree(
  { exec, store, scratch }: RunContext,
  layers: readonly LayerRecord[],
  to: string,
): Promise<void> {
  await using run = await scratch.openRun();
  const stack = createLayerStack(exec, join(run.path, "layers"));
  await pushLayers(
    stack,
    store,
    layers.map(({ layer }) => layer),
  );
  await mkdir(join(stack.directory, "bottom"), { recursive: true });
  const tree = join(run.path, "tree");
  const lowers = [...stack.lowers("rootfs"), "bottom"];
  await mountOverlay(exec, { cwd: stack.directory, lowers, target: tree });
  await exec.run({ program: "cp", args: ["--archive", tree, to] });
  await fillAllocated(exec, to);
}
