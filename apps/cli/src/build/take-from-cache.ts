import { join } from "node:path";
import { type OpenImage, takeResults } from "@pibuild/graph";
import { hostDirectories } from "@pibuild/host";
import { giveBack, giveBackAlone } from "../privilege/give-back.ts";
import { refuseForeignCache } from "../privilege/owners.ts";
import type { Goal } from "./goal.ts";

/**
 * Brings what the remote cache has of a goal before anything runs: for results alone no root is needed,
 * no layer and no engine.
 */
export async function takeFromCache(
  open: OpenImage,
  { goal, env }: { readonly goal: Goal; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const { cache, context, image } = open;
  if (cache === undefined || goal.files === undefined) return;
  await refuseForeignCache(env, image.workspace);
  await context.scratch.prepare();
  await giveBackAlone(env, hostDirectories(env).store);
  await using _held = await context.scratch.hold();
  try {
    await takeResults(open, goal.target);
  } finally {
    await giveBack(
      env,
      ["dist", ".pibuild"].map((path) => join(image.workspace, path)),
    );
  }
}
