import { join } from "node:path";
import { listImages, loadImage } from "@pibuild/config";
import { targetsOf } from "@pibuild/graph";
import { syncTurbo } from "@pibuild/turbo";
import type { CliContext } from "../context.ts";
import { giveBack } from "../privilege/give-back.ts";

/** Writes the tasks of all images for Turborepo, and says which files changed. */
export async function syncTasks(
  context: CliContext,
  workspace: string,
  json: boolean,
): Promise<void> {
  const images = await Promise.all(
    (await listImages(workspace)).map(async (name) => {
      const image = await loadImage(workspace, name, { env: context.env, requireStages: false });
      return { name, targets: targetsOf(image) };
    }),
  );
  const changed = await syncTurbo(workspace, images);
  await giveBack(
    context.env,
    changed.map((name) => join(workspace, name)),
  );
  if (json) context.json({ schema: 1, changed });
  else context.out(changed.length === 0 ? "nothing changed" : `wrote ${changed.join(" and ")}`);
}
