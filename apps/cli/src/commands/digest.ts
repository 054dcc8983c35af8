import { findWorkspace } from "@pibuild/config";
import { openImage, targetDigests } from "@pibuild/graph";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { unknownTarget } from "../failure/unknown-target.ts";
import { parameters, type TargetArguments } from "./target-parameters.ts";

/** The line that engines hash for a target. */
export const digest = buildCommand<Record<never, never>, TargetArguments, CliContext>({
  docs: { brief: "Print the digest that a target's inputs have (called by Nx)" },
  parameters,
  async func(this: CliContext, _flags, image, target) {
    const workspace = await findWorkspace(this.start);
    const open = await openImage({ workspace, name: image, env: this.env, signal: this.signal });
    const digests = await targetDigests(open);
    const line = digests.get(target);
    if (line === undefined) throw unknownTarget(open.image.name, target, [...digests.keys()]);
    this.out(line);
  },
});
