import { findWorkspace } from "@pibuild/config";
import { imageReader, openImage } from "@pibuild/graph";
import { openShell, type ShellState } from "@pibuild/pigen-runner";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { refuseForeignCache } from "../privilege/owners.ts";
import { isInside, reExecInside } from "../privilege/re-exec.ts";
import { cacheWords } from "../reporters/cache-words.ts";
import { runInContainer } from "../venue/run-in-container.ts";
import { type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
import { containerOf } from "../venue/where.ts";
import { stepParameters } from "./common-parameters.ts";

interface ShellFlags extends VenueFlags {
  readonly before: boolean;
  readonly after: boolean;
}

export const shell = buildCommand<ShellFlags, [image: string, step: string], CliContext>({
  docs: {
    brief: "Open a shell in the image as it is before or after a step, or where the step failed",
    fullDescription:
      "Without a flag: the state in which the step failed, if it failed last; otherwise the state after it.\nChanges that you make in the shell are thrown away. With a container venue the shell runs in the container.",
  },
  parameters: {
    positional: stepParameters,
    flags: {
      before: {
        kind: "boolean",
        brief: "Open the shell in the state before the step",
        default: false,
      },
      after: {
        kind: "boolean",
        brief: "Open the shell in the state after the step",
        default: false,
      },
      ...venueFlags,
    },
  },
  async func(this: CliContext, { before, after, ...flags }, name, step) {
    const workspace = await findWorkspace(this.start);
    if (!isInside(this)) {
      const read = imageReader({ workspace, name, env: this.env, signal: this.signal });
      const container = await containerOf(this, { workspace, image: read, flags });
      if (container !== undefined) return runInContainer(this, container, { terminal: true });
      return reExecInside(this, "a shell in the image", { shell: true });
    }
    await refuseForeignCache(this.env, workspace);
    const open = await openImage({ workspace, name, env: this.env, emit: cacheWords(this) });
    const state: ShellState | undefined = before ? "before" : after ? "after" : undefined;
    this.process.exitCode = await openShell(open, step, state, (text) => this.message(text));
  },
});
