import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PibuildError } from "@pibuild/core";
import { checkoutDirectory, checkoutsDirectory, upstreamPrefix } from "./checkout.ts";
import type { Environment } from "./environment/environment.ts";
import { requirePinned } from "./environment/require-pinned.ts";
import type { Image } from "./image.ts";
import { checkInputs } from "./inputs/check-inputs.ts";
import { parseImage } from "./parse-image.ts";
import { loadPin, pinFileName } from "./pin.ts";
import { checkExportNames, requireStages } from "./stage-entries.ts";
import { listImages } from "./workspace.ts";

export interface LoadOptions {
  /** pibuild's own environment: some settings and SOURCE_DATE_EPOCH may come from it. */
  readonly env?: Environment;
  /** Verifies the checkout of pi-gen for an image that has stages of it; by default it may be missing. */
  readonly checkout?: () => Promise<unknown>;
  /** Whether the pin, the directories of its stages and its inputs have to be there. Default: true. */
  readonly requireStages?: boolean;
}

/**
 * Reads `apps/<name>/image.yaml`. Throws IMAGE_UNKNOWN; CONFIG_INVALID with every problem of the
 * file at once, or with every input that is not the file it names; STAGE_MISSING where the file is
 * fine but names a directory that is not there.
 */
export async function loadImage(
  workspaceDirectory: string,
  name: string,
  { env = {}, checkout, requireStages: required = true }: LoadOptions = {},
): Promise<Image> {
  const workspace = resolve(workspaceDirectory);
  const known = await listImages(workspace);
  if (!known.includes(name)) throw new PibuildError("IMAGE_UNKNOWN", { image: name, known });
  const directory = join(workspace, "apps", name);
  const text = await readFile(join(directory, "image.yaml"), "utf8");
  // Only an image that names pi-gen's stages needs a pin.
  const named = text.split("\n").some((line) => line.replace(/#.*/, "").includes(upstreamPrefix));
  const find = () => (required ? checkoutDirectory(workspace, env) : checkoutsDirectory(workspace));
  const piGen = named ? await find() : undefined;
  const image = await parseImage({ workspace, directory, text, env, piGen });
  checkExportNames(image.stages, image.exportStages);
  if (!required) return image;
  if (image.piGen !== undefined) {
    if (!env.PIGEN_DIR) requirePinned(image, await loadPin(join(workspace, pinFileName)), env);
    await checkout?.();
  }
  const fetched = image.piGen !== undefined && existsSync(image.piGen);
  await requireStages(
    [...image.stages, ...image.exportStages].filter(
      ({ name: stage }) => fetched || !stage.startsWith(upstreamPrefix),
    ),
  );
  await checkInputs(image);
  return image;
}
