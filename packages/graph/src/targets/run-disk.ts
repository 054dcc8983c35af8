import { mkdir, readdir, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import { createLayerStack, type LayerRecord, mountOverlay } from "@pibuild/layers";
import { assembleDisk } from "@pibuild/partitioner";
import { bind, buildChain } from "@pibuild/pigen-runner";
import { diskLayout, diskSizes } from "../disk/disk-layout.ts";
import { diskNotices } from "../notices/disk-notices.ts";
import type { OpenImage } from "../open/open-image.ts";
import { dropManifest, isFresh, writeManifest } from "./manifest.ts";
import { diskInputs } from "./target-inputs.ts";
import { diskKey } from "./target-keys.ts";
import { verifyBoot } from "./verify-boot.ts";
import { verifyKernel } from "./verify-kernel.ts";

/** Assembles `dist/<image>/<IMG_NAME>.img` from the layers. Does nothing where it is there and fresh. */
export async function runDisk(open: OpenImage): Promise<void> {
  const { image, context, output } = open;
  const { exec, emit } = context;
  const layers = await buildChain(open);
  const key = await diskKey(open, layers);
  if (await isFresh(output, "disk", key, image.sourceDateEpoch)) return;

  const started = performance.now();
  emit({ type: "phase-started", phase: "disk" });
  const name = `${image.fileName}.img`;
  const path = join(output, name);
  // A manifest must never stand beside an image that it does not describe.
  await dropManifest(output, "disk");
  await mkdir(output, { recursive: true });
  await dropUnfinished(output, name);
  await using run = await context.scratch.openRun();
  const sources = await mountSources(open, layers, run.path);
  await verifyKernel(sources.tree, open.kernelVersion);
  await verifyBoot(sources.boot, image);
  for (const notice of await diskNotices(image.name, sources))
    emit({ type: "notice", level: "warning", ...notice });
  const { bytes } = await assembleDisk({
    layout: diskLayout(image.disk),
    sources: sources.byRole,
    output: path,
    seed: image.disk.seed,
    sourceDateEpoch: image.sourceDateEpoch,
    exec,
    scratch: run.path,
    sizes: diskSizes(image.disk),
    diskBytes: image.disk.size,
    board: image.disk.board,
    populateBoth: image.disk.populateBoth,
  });
  await utimes(path, image.sourceDateEpoch, image.sourceDateEpoch);
  const file = { path: name, bytes, sha256: await sha256File(path) };
  const inputs = await diskInputs(open, layers);
  await writeManifest(output, { version: 1, target: "disk", key, inputs, files: [file] });
  emit({ type: "artifact-written", ...file, path });
  emit({ type: "phase-finished", phase: "disk", durationMs: performance.now() - started });
}

interface DiskSources {
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
async function mountSources(
  { context, image }: OpenImage,
  layers: readonly LayerRecord[],
  run: string,
): Promise<DiskSources> {
  const { exec, store } = context;
  const stack = createLayerStack(exec, join(run, "layers"));
  for (const { layer } of layers) await stack.push(await store.fetch(layer));
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

/** What a run that was killed left beside the image, under temporary names. */
async function dropUnfinished(output: string, name: string): Promise<void> {
  const left = (await readdir(output)).filter((entry) => entry.startsWith(`${name}.`));
  for (const entry of left.filter((candidate) => candidate.endsWith(".part"))) {
    await rm(join(output, entry), { recursive: true });
  }
}
