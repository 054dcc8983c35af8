import { everything, explainTarget, fileTargets, imageNotices, planImage } from "@pibuild/graph";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { readLastBuild } from "../last-build/read-last-build.ts";
import { describeFetches } from "../reporters/describe-fetches.ts";
import { describeReason, describeTargetReason } from "../reporters/describe-reason.ts";
import { openHere } from "../venue/open-here.ts";
import { layersOfVenue, type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
import { imageParameter, jsonFlag } from "./common-parameters.ts";

interface PlanFlags extends VenueFlags {
  readonly json: boolean;
}

export const plan = buildCommand<PlanFlags, [image: string], CliContext>({
  docs: {
    brief: "Show which steps are cached and which would run, and why",
    fullDescription: layersOfVenue,
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag, ...venueFlags } },
  async func(this: CliContext, { json, ...flags }, name) {
    const open = await openHere(this, name, flags);
    if (open === undefined) return;
    for (const { message, hint } of await imageNotices(open, this.env)) {
      this.message(`warning: ${message}\nhint: ${hint}`);
    }
    const plan = await planImage(open);
    const files = fileTargets(open.image).map(({ name }) => name);
    const fresh = (target: string) => plan.targets.get(target)?.fresh === true;
    if (json) {
      const steps = plan.steps.map(({ step, reason, definition: { fetches } }) => ({
        ...{ step: step.id, ...reason },
        ...(fetches.length === 0 ? {} : { fetches }),
      }));
      const states = Object.fromEntries(files.map((target) => [target, fresh(target)]));
      this.json({ schema: 1, image: name, fresh: fresh(everything), steps, ...states });
      return;
    }
    const shown = files.filter((target) => plan.targets.get(target)?.idle !== true);
    const names = [...plan.steps.map(({ step }) => step.id), ...shown];
    const width = Math.max(...names.map(({ length }) => length));
    const row = (id: string, why: string | undefined, done: string, also?: string) => {
      const words = why === undefined ? done : `run     ${why}`;
      this.out(`${id.padEnd(width)}  ${words}${also === undefined ? "" : `; ${also}`}`);
    };
    const last = await readLastBuild(open.context.logs);
    for (const { step, reason, definition } of plan.steps) {
      const failed =
        last?.runs.get(step.id)?.outcome === "failed" ? ", failed in the last build" : "";
      const why = reason.kind === "cached" ? undefined : describeReason(reason) + failed;
      row(step.id, why, "cached", describeFetches(definition.fetches));
    }
    for (const target of shown) {
      const { reason } = await explainTarget(open, target, plan);
      row(target, reason.kind === "fresh" ? undefined : describeTargetReason(reason), "up to date");
    }
  },
});
