import { join } from "node:path";
import { loadPin, pinFileName } from "@pibuild/config";
import { createRunDirectory, programsFor, removeTree, requirePrograms } from "@pibuild/core";
import { checkUpstreamBootstrap } from "../checkout/check-bootstrap.ts";
import { checkFits } from "../checkout/check-fits.ts";
import { requireDepends } from "../checkout/depends.ts";
import { findCheckout } from "../checkout/find-checkout.ts";
import type { OpenImage } from "../open/open-image.ts";
import { deployDirectory, workDirectory } from "../run/paths.ts";
import { showInputs } from "../run/show-inputs.ts";
import { callBuild } from "./call-build.ts";
import { collectDeploy } from "./collect-deploy.ts";
import { noExportDirectory, piGenDirectory } from "./paths.ts";
import { prepareUpstream } from "./prepare-upstream.ts";
import { stageList } from "./stage-list.ts";

/** The target, and the directory below `dist/<image>`, of what build.sh makes. */
export const upstreamTarget = "upstream";

/** WORK_DIR of an image's last run with build.sh: `<stage>/rootfs` are its trees. */
export function upstreamWork({ image, context }: Pick<OpenImage, "image" | "context">): string {
  return join(context.directories.upstream, image.name);
}

/**
 * Builds an image the other way: with pi-gen's own build.sh, unmodified, in one go and from the
 * beginning. Stops after the stage `until`, without an image, where one is named. Runs as root in
 * a mount namespace of its own. Throws UPSTREAM_FAILED, and ENV_TOOL_MISSING for what build.sh
 * asks for.
 */
export async function runUpstream(open: OpenImage, until?: string): Promise<void> {
  const { image, context, output } = open;
  const piGen = image.piGen ?? (await checkout(open));
  await checkFits({ ...image, piGen });
  await checkUpstreamBootstrap(open);
  requirePrograms(programsFor("upstream"));
  await requireDepends(piGen);
  const stages = stageList(open, piGen, until);
  const exports = until === undefined ? join(piGenDirectory, "export-image") : noExportDirectory;
  const work = upstreamWork(open);
  const deploy = join(output, `${upstreamTarget}.part`);
  for (const left of [work, deploy]) await removeTree(left);
  await prepareUpstream(
    context,
    { piGen, work, deploy },
    {
      ...context.variables,
      SOURCE_DATE_EPOCH: String(image.sourceDateEpoch),
      STAGE_LIST: stages.join(" "),
      EXPORT_CONFIG_DIR: exports,
      WORK_DIR: workDirectory,
      DEPLOY_DIR: deployDirectory,
    },
  );
  await using run = await createRunDirectory(context.directories.runs);
  // Part of an image serves nobody, and takes gigabytes.
  await using _part = { [Symbol.asyncDispose]: () => removeTree(deploy) };
  const inputs = image.inputs.map(({ variable }) => variable);
  await showInputs(context, upstreamTarget, inputs, join(run.path, "inputs"));
  await callBuild(context, until === undefined ? [...stages, exports] : stages);
  if (until !== undefined) return;
  const files = await collectDeploy({
    ...{ exec: context.exec, image, deploy },
    output: join(output, upstreamTarget),
  });
  for (const file of files) context.emit({ type: "artifact-written", ...file });
}

async function checkout({ context }: OpenImage): Promise<string> {
  const readPin = () => loadPin(join(context.workspace, pinFileName));
  return (await findCheckout(context.workspace, readPin, { exec: context.exec })).path;
}
