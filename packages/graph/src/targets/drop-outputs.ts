import { rm } from "node:fs/promises";
import { join } from "node:path";
import { dropParts } from "@pibuild/core";
import type { OpenImage } from "../open/open-image.ts";
import { dependentsOf } from "./lock-outputs.ts";
import { dropManifest } from "./manifest.ts";
import { targetsOf } from "./registry.ts";
import type { FileTarget } from "./target.ts";

/**
 * Takes away a target's files, and those that other targets made from them: what stands in
 * `dist/<image>` belongs together.
 */
export async function dropOutputs(
  { image, output }: Pick<OpenImage, "image" | "output">,
  target: FileTarget,
): Promise<void> {
  // The manifests of what was made from it stay: `pibuild why` tells what changed since.
  await dropManifest(output, target.name);
  for (const each of [...dependentsOf(target, targetsOf(image)), target]) {
    for (const path of each.outputs(image).map((name) => join(output, name))) {
      await rm(path, { recursive: true, force: true });
      await dropParts(path);
    }
  }
}
