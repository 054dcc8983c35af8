import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { findWorkspace, listImages } from "@pibuild/config";
import { PibuildError, removeTree, sweep } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import { sweepRegistrations } from "@pibuild/twin";
import { dropContainers } from "@pibuild/venue";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { isInside, reExecInside } from "../privilege/re-exec.ts";

interface CleanFlags {
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
      store: { kind: "boolean", brief: "Also drop every layer of every image", default: false },
      packages: { kind: "boolean", brief: "Also drop downloaded packages", default: false },
      containers: {
        kind: "boolean",
        brief: "Also drop what containers use: their layers, packages, images and network",
        default: false,
      },
    },
  },
  async func(this: CliContext, { store, packages, containers }, image) {
    if (!isInside(this)) return reExecInside(this, "cleaning");
    const workspace = await findWorkspace(this.start);
    const known = await listImages(workspace);
    if (image !== undefined && !known.includes(image)) {
      throw new PibuildError("IMAGE_UNKNOWN", { image, known });
    }
    const directories = hostDirectories(this.env);
    await sweep(
      directories.runs,
      (event) => event.type === "swept" && this.message(`removed ${event.path}`),
    );
    for (const name of await sweepRegistrations()) this.message(`took back the handler ${name}`);
    const paths = [
      join(workspace, "dist", image ?? ""),
      join(workspace, ".pibuild", "logs", image ?? ""),
      join(directories.failed, image ?? ""),
      join(directories.upstream, image ?? ""),
      ...(store
        ? ["blobs", "records", "latest", "locks"].map((name) => join(directories.store, name))
        : []),
      ...(store ? [directories.compiled] : []),
      ...(packages ? [directories.packages] : []),
    ];
    for (const path of paths) {
      if (!existsSync(path)) continue;
      await removeTree(path);
      this.message(`removed ${path}`);
    }
    // With sudo they were made by root: their user could not remove them.
    const { runs, failed, upstream, store: layers, cache } = directories;
    for (const path of [runs, failed, upstream, layers, cache]) await rmdir(path).catch(keep);
    if (containers) await dropContainers(this.env, (what) => this.message(`removed ${what}`));
  },
});

/** A directory with something in it stays; so does one that is a mount, or gone. */
function keep(error: NodeJS.ErrnoException): void {
  if (!["ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY"].includes(error.code ?? "")) throw error;
}
