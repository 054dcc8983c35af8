import { mkdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { createLayerStack, type LayerRecord, mountOverlay, pushLayers } from "@pibuild/layers";
import { bind } from "@pibuild/pigen-runner";
import { diskLayout } from "../disk/disk-layout.ts";
import type { OpenImage } from "../open/open-image.ts";

export interface DiskSources {
  /** The whole tree. */
  readonly tree: string;
  /** What the firmware starts the first system from. */
  readonly boot: string;
  /** The directory of each partition that is made from one. */
  readonly byRole: Readonly<Record<string, string>>;
}

/**
 * The finished tree as one directory for each partition; nothing is copied. What another partition
 * holds is bound elsewhere, and hidden in the tree. What a partition that is made empty would hide
 * stays visible, so that it is refused.
 */
export async function mountSources(
  { context, image }: OpenImage,
  layers: readonly LayerRecord[],
  run: string,
): Promise<DiskSources> {
  const { exec, store } = context;
  const stack = createLayerStack(exec, join(run, "layers"));
  await pushLayers(
    stack,
    store,
    layers.map(({ layer }) => layer),
  );
  const tree = join(run, "root");
  const empty = join(run, "empty");
  await mkdir(join(stack.directory, "bottom"), { recursive: true });
  await mountOverlay(exec, {
    cwd: stack.directory,
    lowers: [...stack.lowers("rootfs"), "bottom"],
    target: tree,
  });
  await mkdir(empty, { mode: 0o755 });
  await utimes(empty, image.sourceDateEpoch, image.sourceDateEpoch);
  const byRole: Record<string, string> = {};
  for (const { role, content, mountPoint = "" } of diskLayout(image.disk).partitions) {
    if (content !== "tree") continue;
    byRole[role] = mountPoint === "/" ? tree : join(run, role);
    if (mountPoint === "/") continue;
    await bind(exec, join(tree, mountPoint), join(run, role));
    await exec.run({ program: "mount", args: ["--bind", empty, join(tree, mountPoint)] });
  }
  return { tree, boot: byRole.boot ?? byRole["boot-a"] ?? tree, byRole };
}
