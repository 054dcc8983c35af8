import { findWorkspace } from "@pibuild/config";
import { createExec } from "@pibuild/core";
import { hostTarget, openImage, readImage, runTarget, targetOf } from "@pibuild/graph";
import { classify } from "@pibuild/outages";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { failureOf } from "../failure/failure-of.ts";
import { refuseForeignCache } from "../privilege/owners.ts";
import { isInside, reExecInside } from "../privilege/re-exec.ts";
import { parameters, type TargetArguments } from "./target-parameters.ts";

/** What engines call for one target of an image. People call `build`. */
export const task = buildCommand<Record<never, never>, TargetArguments, CliContext>({
  docs: { brief: "Bring one target of an image up to date (called by Nx)" },
  parameters,
  async func(this: CliContext, _flags, image, target) {
    try {
      await run(this, image, target);
    } catch (error) {
      const cause = classify(error);
      if (cause !== undefined) this.emit({ type: "outage", tried: [], ...cause });
      this.emit({ type: "task-failed", target, ...failureOf(error) });
      throw error;
    }
  },
});

async function run(context: CliContext, name: string, target: string): Promise<void> {
  const { env, emit, signal } = context;
  const host = hostTarget(target);
  if (host !== undefined) return await host.run(createExec({ signal }));
  const workspace = await findWorkspace(context.start);
  const image = await readImage({ workspace, name, env, signal });
  if (targetOf(image, target).needsRoot && !isInside(context))
    return await reExecInside(context, `target ${target}`);
  await refuseForeignCache(env, workspace);
  await runTarget(await openImage({ workspace, name, env, emit, signal, image }), target);
}
