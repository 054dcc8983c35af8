import { checkBootstrap } from "@pibuild/pigen-source";
import type { OpenImage } from "../open/open-image.ts";

/** Before build.sh runs: of each stage, as each has a tree of its own. */
export async function checkUpstreamBootstrap({
  stages,
  image,
}: Pick<OpenImage, "stages" | "image">): Promise<void> {
  const hint = "leave `--runner upstream` out, or let the image begin with `pi-gen/stage0`";
  // The last one is our own export, which build.sh has in its own way.
  await checkBootstrap(image.workspace, stages.slice(0, image.stages.length), hint);
}
