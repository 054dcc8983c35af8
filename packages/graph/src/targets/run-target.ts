import { canonicalJson, programsFor, requirePrograms, sha256 } from "@pibuild/core";
import { buildChain, prepareNamespace, reportFullStore } from "@pibuild/pigen-runner";
import { sweepRegistrations } from "@pibuild/twin";
import type { OpenImage } from "../open/open-image.ts";
import { bringFiles } from "./bring-files.ts";
import { lockOutputs } from "./lock-outputs.ts";
import { writeManifest } from "./manifest.ts";
import { targetOf } from "./registry.ts";
import { stepsUntil } from "./steps-until.ts";
import type { StageTarget } from "./target.ts";

/**
 * Brings one target of an image up to date; those before it are so already. One that needs root runs
 * in a mount namespace of its own. Throws STEP_UNKNOWN, STEP_FAILED, VERIFY_FAILED, LAYOUT_INVALID,
 * UPSTREAM_FAILED, ENV_DISK_FULL, ENV_TOOL_MISSING and what the programs behind it end with.
 */
export async function runTarget(open: OpenImage, name: string): Promise<void> {
  const { context } = open;
  const target = targetOf(open.image, name);
  // `nx run` comes here without the lock of `pibuild build`.
  await using _locks = await lockOutputs(open, target);
  // What was made before something failed is of use to others, too.
  await using _sent = { [Symbol.asyncDispose]: async () => open.cache?.settle() };
  await reportFullStore(context.scratch, async () => {
    if (target.needsRoot) await prepareHost(open);
    switch (target.kind) {
      case "host":
        return await target.run(context.exec);
      case "once":
        return await target.run(open);
      case "stage":
        return await runStage(open, target);
      case "files":
        return await bringFiles(open, target);
      case "group":
        return;
    }
  });
}

async function prepareHost({ context, image }: OpenImage): Promise<void> {
  const upstream = image.piGen === undefined ? [] : programsFor("upstream");
  requirePrograms([...programsFor("steps"), ...programsFor("disk"), ...upstream]);
  await context.scratch.sweep(context.emit);
  await sweepRegistrations();
}

/** Makes sure that a stage, and all before it, has its layers. */
async function runStage(open: OpenImage, { name }: StageTarget): Promise<void> {
  await prepareNamespace(open.context.exec, open.context.spec);
  const records = await buildChain({ ...open, steps: stepsUntil(open, name) });
  const layers = records.map(({ layer }) => layer.digest);
  const key = sha256(canonicalJson(layers));
  await writeManifest(open.output, { version: 1, target: name, key, layers });
}
