import { existsSync } from "node:fs";
import { join } from "node:path";
import { findWorkspace, listImages } from "@pibuild/config";
import { count, PibuildError, removeIfEmpty, removeTree } from "@pibuild/core";
import { imageReader, openImage } from "@pibuild/graph";
import { hostDirectories } from "@pibuild/host";
import { checkStore, cleanStore, forgetLayer, openScratch } from "@pibuild/layers";
import { sweepRegistrations } from "@pibuild/twin";
import { dropContainers } from "@pibuild/venue";
import { buildCommand } from "@stricli/core";
import { waitForBuilds } from "../build/wait-for-builds.ts";
import type { CliContext } from "../context.ts";
import { refuseForeignCache } from "../privilege/owners.ts";
import { isInside, reExecInside } from "../privilege/re-exec.ts";
import { cacheWords } from "../reporters/cache-words.ts";
import { runInContainer } from "../venue/run-in-container.ts";
import { type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
import { containerOf } from "../venue/where.ts";

interface CleanFlags extends VenueFlags {
  readonly check: boolean;
  readonly store: boolean;
  readonly packages: boolean;
  readonly containers: boolean;
  readonly from?: string;
}

export const clean = buildCommand<CleanFlags, [image?: string], CliContext>({
  docs: {
    brief:
      "Remove results, logs, failed states and leftovers of interrupted runs; with --store, every layer",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Only what belongs to this image",
          parse: String,
          placeholder: "image",
          optional: true,
        },
      ],
    },
    flags: {
      check: {
        kind: "boolean",
        brief: "Read every layer, and remove only those that are damaged",
        default: false,
      },
      store: { kind: "boolean", brief: "Also remove every layer of every image", default: false },
      packages: { kind: "boolean", brief: "Also remove downloaded packages", default: false },
      containers: {
        kind: "boolean",
        brief: "Also remove what containers use: layers, packages, images and the network",
        default: false,
      },
      from: {
        kind: "parsed",
        parse: String,
        brief: "Remove only the layer of this step, so that it runs again (and downloads again)",
        placeholder: "step",
        optional: true,
      },
      ...venueFlags,
    },
  },
  async func(this: CliContext, { check, store, packages, containers, from, ...flags }, image) {
    if (from !== undefined) return forgetStep(this, image, from, flags);
    if (!isInside(this)) return reExecInside(this, "cleaning");
    const workspace = await findWorkspace(this.start);
    const known = await listImages(workspace);
    if (image !== undefined && !known.includes(image)) {
      throw new PibuildError("IMAGE_UNKNOWN", { image, known });
    }
    await refuseForeignCache(this.env, workspace);
    const directories = hostDirectories(this.env);
    if (check) {
      const { checked, dropped } = await checkStore(directories.store);
      for (const digest of dropped) this.message(`removed the damaged layer ${digest}`);
      this.message(`read ${count(checked, "layer")}, of which ${dropped.length} had to go`);
      return;
    }
    await using _builds = await waitForBuilds(this, { workspace, images: image ? [image] : known });
    const scratch = openScratch(directories.store);
    await scratch.sweep((event) => event.type === "swept" && this.message(`removed ${event.path}`));
    for (const name of await sweepRegistrations()) this.message(`took back the handler ${name}`);
    const uses = store || packages;
    await using _uses =
      uses && existsSync(directories.store)
        ? await scratch.reserve(
            (runs) =>
              this.message(`waiting for ${runs.join(", ") || "a build that uses the store"}`),
            this.signal,
          )
        : undefined;
    const removed = (path: string) => this.message(`removed ${path}`);
    const remove = async (path: string) => {
      if (!existsSync(path)) return;
      await removeTree(path);
      removed(path);
    };
    for (const name of ["dist", ".pibuild/logs"]) await remove(join(workspace, name, image ?? ""));
    await cleanStore(directories.store, { image, layers: store, removed });
    if (store) await remove(directories.compiled);
    if (packages) await remove(directories.packages);
    // With sudo it was made by root: its user could not remove it.
    await removeIfEmpty(directories.cache);
    if (containers) await dropContainers(this.env, (what) => this.message(`removed ${what}`));
  },
});

async function forgetStep(
  context: CliContext,
  name: string | undefined,
  step: string,
  flags: VenueFlags,
): Promise<void> {
  if (name === undefined) {
    throw new PibuildError("USAGE", {
      message: "--from is about a step of an image: name the image",
    });
  }
  const { env, signal } = context;
  const workspace = await findWorkspace(context.start);
  const read = imageReader({ workspace, name, env, signal });
  if (!isInside(context)) {
    const container = await containerOf(context, { workspace, image: read, flags });
    if (container !== undefined) return runInContainer(context, container);
    return reExecInside(context, "cleaning");
  }
  const { steps, cache } = await openImage({
    ...{ workspace, name, env, signal, image: await read() },
    emit: cacheWords(context),
  });
  const known = steps.map(({ id }) => id);
  if (!known.includes(step)) throw new PibuildError("STEP_UNKNOWN", { image: name, step, known });
  const had = await forgetLayer(hostDirectories(env).store, name, step);
  context.message(had ? `${step} runs again in the next build` : `${step} has no layer`);
  if (cache?.reads())
    context.message("hint: the remote cache may have it; PIBUILD_CACHE_READ=0 builds without");
}
