import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadPin, pinFileName, upstreamStages } from "@pibuild/config";
import { removeTree } from "@pibuild/core";
import { runBuild } from "@pibuild/pigen-runner";
import { type Checkout, checkFits, findCheckout, requireDepends } from "@pibuild/pigen-source";
import type { OpenImage } from "../open/open-image.ts";
import { checkUpstreamBootstrap } from "./check-upstream.ts";
import { collectDeploy } from "./collect-deploy.ts";
import { stageList } from "./stage-list.ts";

/** The target, and the directory below `dist/<image>`, of what build.sh makes. */
export const upstreamTarget = "upstream";

/** WORK_DIR of an image's last run with build.sh: `<stage>/rootfs` are its trees. */
export function upstreamWork({ image, context }: Pick<OpenImage, "image" | "context">): string {
  return context.scratch.upstream(image.name);
}

/**
 * Builds an image the other way: with pi-gen's own build.sh, unmodified, in one go and from the
 * beginning. Stops after the stage `until`, without an image, where one is named. Runs as root in
 * a mount namespace of its own. Throws UPSTREAM_FAILED, and ENV_TOOL_MISSING for what build.sh
 * asks for.
 */
export async function runUpstream(open: OpenImage, until?: string): Promise<void> {
  const { image, context, output } = open;
  const { path: piGen, commit = "" } = await checkout(open);
  await checkFits({ ...image, piGen });
  await checkUpstreamBootstrap(open);
  await requireDepends(piGen);
  const work = upstreamWork(open);
  const deploy = join(output, `${upstreamTarget}.part`);
  for (const left of [work, deploy]) await removeTree(left);
  await using run = await context.scratch.openRun();
  await mkdir(deploy, { recursive: true, mode: 0o700 });
  // Part of an image serves nobody, and takes gigabytes.
  await using _part = { [Symbol.asyncDispose]: () => removeTree(deploy) };
  await runBuild(context, {
    ...{
      piGen,
      commit,
      work,
      deploy,
      inputs: join(run.path, "inputs"),
      exports: until === undefined,
    },
    stages: stageList(open, piGen, until),
    stagePaths: upstreamStages(image).map(({ path }) => path),
  });
  if (until !== undefined) return;
  const files = await collectDeploy({
    ...{ exec: context.exec, image, deploy },
    output: join(output, upstreamTarget),
  });
  for (const file of files) context.emit({ type: "artifact-written", ...file });
}

async function checkout({ image, piGen, context }: OpenImage): Promise<Checkout> {
  if (image.piGen !== undefined) return { path: image.piGen, commit: piGen?.commit };
  const readPin = () => loadPin(join(context.spec.base, pinFileName));
  return await findCheckout(context.spec.base, readPin, { exec: context.exec });
}
