import { existsSync } from "node:fs";
import { join } from "node:path";
import { findWorkspace, listImages } from "@pibuild/config";
import { count, PibuildError, removeIfEmpty, removeTree } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import { checkStore, cleanStore, openScratch } from "@pibuild/layers";
import { sweepRegistrations } from "@pibuild/twin";
import { dropContainers } from "@pibuild/venue";
import { buildCommand } from "@stricli/core";
import { waitForBuilds } from "../build/wait-for-builds.ts";
import type { CliContext } from "../context.ts";
import { refuseForeignCache } from "../privilege/owners.ts";
import { isInside, reExecInside } from "../privilege/re-exec.ts";

interface CleanFlags {
  readonly check: boolean;
  readonly store: boolean;
  readonly packages: boolean;
  readonly containers: boolean;
}

export const clean = buildCommand<CleanFlags, [image?: string], CliContext>({
  docs: {
    brief: "Remove results, failed states and what killed runs left; with --store, every layer",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "Only this image's results", parse: String, placeholder: "image", optional: true },
      ],
    },
    flags: {
      check: {
        kind: "boolean",
        brief: "Remove nothing but layers whose content is no longer what it was: read them all",
        default: false,
      },
      store: { kind: "boolean", brief: "Also drop every layer of every image", default: false },
      packages: { kind: "boolean", brief: "Also drop downloaded packages", default: false },
      containers: {
        kind: "boolean",
        brief: "Also drop what containers use: their layers, packages, images and network",
        default: false,
      },
    },
  },
  async func(this: CliContext, { check, store, packages, containers }, image) {
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
