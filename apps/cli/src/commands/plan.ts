import { findWorkspace } from "@pibuild/config";
import { imageNotices, openImage, planImage } from "@pibuild/graph";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { describeReason } from "../reporters/describe-event.ts";
import { runInContainer } from "../venue/run-in-container.ts";
import { layersOfVenue, type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
import { containerOf } from "../venue/where.ts";
import { imageParameter, jsonFlag } from "./common-parameters.ts";

interface PlanFlags extends VenueFlags {
  readonly json: boolean;
}

export const plan = buildCommand<PlanFlags, [image: string], CliContext>({
  docs: {
    brief: "Show for each step whether it is cached or has to run, and why",
    fullDescription: layersOfVenue,
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag, ...venueFlags } },
  async func(this: CliContext, { json, ...flags }, name) {
    const workspace = await findWorkspace(this.start);
    const container = await containerOf(this, { workspace, name, flags });
    if (container !== undefined) return runInContainer(this, container);
    const open = await openImage({ workspace, name, env: this.env, signal: this.signal });
    for (const { message, hint } of await imageNotices(open, this.env)) {
      this.message(`warning: ${message}\nhint: ${hint}`);
    }
    const { steps, disk, payload, artifacts, fresh } = await planImage(open);
    const asked = open.image.payload === undefined ? {} : { payload };
    if (json) {
      const rows = steps.map(({ step, reason }) => ({ step: step.id, ...reason }));
      this.out(
        JSON.stringify(
          { schema: 1, image: name, fresh, steps: rows, disk, ...asked, artifacts },
          undefined,
          2,
        ),
      );
      return;
    }
    const width = Math.max(...steps.map(({ step }) => step.id.length), "artifacts".length);
    for (const { step, reason } of steps) {
      const cached = reason.kind === "cached";
      this.out(
        `${step.id.padEnd(width)}  ${cached ? "cached" : `run     ${describeReason(reason)}`}`,
      );
    }
    for (const [target, isFresh] of Object.entries({ disk, ...asked, artifacts })) {
      this.out(`${target.padEnd(width)}  ${isFresh ? "fresh" : "run"}`);
    }
  },
});
