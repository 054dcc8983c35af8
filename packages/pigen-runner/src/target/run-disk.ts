import { mkdir, readdir, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { createRunDirectory } from "@pibuild/core";
import { createLayerStack, type LayerRecord, mountOverlay } from "@pibuild/layers";
import { assembleDisk } from "@pibuild/partitioner";
import { buildChain } from "../build/build-chain.ts";
import type { OpenImage } from "../open/open-image.ts";
import { bind } from "../run/prepare-namespace.ts";
import { diskLayout } from "./disk-layout.ts";
import { dropManifest, isFresh, writeManifest } from "./manifest.ts";
import { diskKey } from "./target-keys.ts";
import { verifyKernel } from "./verify-kernel.ts";

/** Assembles `dist/<image>/<IMG_NAME>.img` from the layers. Does nothing where it is there and fresh. */
export async function runDisk(open: OpenImage): Promise<void> {
  const { image, context, output } = open;
  const { exec, emit } = context;
  const layers = await buildChain(context, open.steps, open.describe);
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
  await using run = await createRunDirectory(context.directories.runs);
  const sources = await mountSources(open, layers, run.path);
  await verifyKernel(sources.root, open.kernelVersion);
  const { bytes, sha256 } = await assembleDisk({
    layout: diskLayout(image.disk),
    sources,
    output: path,
    seed: image.disk.seed,
    sourceDateEpoch: image.sourceDateEpoch,
    exec,
    scratch: run.path,
    sizes: {
      boot: image.disk.bootSize,
      ...(image.disk.rootSize === undefined ? {} : { root: image.disk.rootSize }),
    },
  });
  await utimes(path, image.sourceDateEpoch, image.sourceDateEpoch);
  const file = { path: name, bytes, sha256 };
  await writeManifest(output, { version: 1, target: "disk", key, files: [file] });
  emit({ type: "artifact-written", ...file, path });
  emit({ type: "phase-finished", phase: "disk", durationMs: performance.now() - started });
}

/** The finished tree as one directory for each partition; nothing is copied. */
async function mountSources(
  { context, image }: OpenImage,
  layers: readonly LayerRecord[],
  run: string,
): Promise<{ root: string; boot: string }> {
  const { exec, store } = context;
  const stack = createLayerStack(exec, join(run, "layers"));
  for (const { layer } of layers) await stack.push(store.blobPath(layer));
  const root = join(run, "root");
  const boot = join(run, "boot");
  const empty = join(run, "empty");
  await mkdir(join(stack.directory, "bottom"), { recursive: true });
  await mountOverlay(exec, {
    cwd: stack.directory,
    lowers: [...stack.lowers("rootfs"), "bottom"],
    target: root,
  });
  await bind(exec, join(root, "boot/firmware"), boot);
  await mkdir(empty, { mode: 0o755 });
  await utimes(empty, image.sourceDateEpoch, image.sourceDateEpoch);
  await exec.run({ program: "mount", args: ["--bind", empty, join(root, "boot/firmware")] });
  return { root, boot };
}

/** What a run that was killed left beside the image, under temporary names. */
async function dropUnfinished(output: string, name: string): Promise<void> {
  const left = (await readdir(output)).filter((entry) => entry.startsWith(`${name}.`));
  for (const entry of left.filter((candidate) => candidate.endsWith(".part"))) {
    await rm(join(output, entry), { recursive: true });
  }
}
