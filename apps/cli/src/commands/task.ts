import { binfmtStatus, registerBinfmt } from "@pibuild/binfmt";
import { findWorkspace } from "@pibuild/config";
import { createExec, PibuildError } from "@pibuild/core";
import { needsNamespace, openImage, runTarget } from "@pibuild/graph";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { failureOf } from "../failure/failure-of.ts";
import { isInside, isRoot, reExecInside } from "../privilege/re-exec.ts";
import { parameters, type TargetArguments } from "./target-parameters.ts";

/** What engines call for one target of an image. People call `build`. */
export const task = buildCommand<Record<never, never>, TargetArguments, CliContext>({
  docs: { brief: "Bring one target of an image up to date (called by Nx)" },
  parameters,
  async func(this: CliContext, _flags, image, target) {
    try {
      if (target === "binfmt") await prepareBinfmt(this);
      else if (!needsNamespace(target) || isInside(this)) await run(this, image, target);
      else await reExecInside(this, `target ${target}`);
    } catch (error) {
      this.emit({ type: "task-failed", target, ...failureOf(error) });
      throw error;
    }
  },
});

async function run(context: CliContext, name: string, target: string): Promise<void> {
  const { env, emit, signal } = context;
  const workspace = await findWorkspace(context.start);
  const open = await openImage({ workspace, name, env, emit, signal });
  await runTarget(open, target);
}

/** Registers the handler where it is missing; that needs root, but no namespace: it is for the host. */
async function prepareBinfmt(context: CliContext): Promise<void> {
  const { state, detail } = await binfmtStatus("arm64");
  if (state === "native" || state === "usable") return;
  if (!isRoot()) throw new PibuildError("ENV_BINFMT_MISSING", { arch: "arm64", detail });
  await registerBinfmt("arm64", createExec({ signal: context.signal }));
}
