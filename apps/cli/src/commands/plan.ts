import { everything, imageNotices, planImage } from "@pibuild/graph";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { describeReason } from "../reporters/describe-event.ts";
import { openHere } from "../venue/open-here.ts";
import { layersOfVenue, type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
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
    const open = await openHere(this, name, flags);
    if (open === undefined) return;
    for (const { message, hint } of await imageNotices(open, this.env)) {
      this.message(`warning: ${message}\nhint: ${hint}`);
    }
    const { steps, targets } = await planImage(open);
    const files = [...targets.values()].flatMap(({ target, fresh }) =>
      target.kind === "files" ? [[target.name, fresh] as const] : [],
    );
    const fresh = targets.get(everything)?.fresh === true;
    if (json) {
      const rows = steps.map(({ step, reason }) => ({ step: step.id, ...reason }));
      const plan = { schema: 1, image: name, fresh, steps: rows, ...Object.fromEntries(files) };
      this.json(plan);
      return;
    }
    const names = [...steps.map(({ step }) => step.id), ...files.map(([target]) => target)];
    const width = Math.max(...names.map(({ length }) => length));
    for (const { step, reason } of steps) {
      const cached = reason.kind === "cached";
      this.out(
        `${step.id.padEnd(width)}  ${cached ? "cached" : `run     ${describeReason(reason)}`}`,
      );
    }
    for (const [target, isFresh] of files)
      this.out(`${target.padEnd(width)}  ${isFresh ? "fresh" : "run"}`);
  },
});
