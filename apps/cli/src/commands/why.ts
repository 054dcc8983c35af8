import { findWorkspace } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { explainChange } from "@pibuild/layers";
import { openImage, planChain } from "@pibuild/pigen-runner";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { describeReason } from "../reporters/describe-event.ts";
import { runInContainer } from "../venue/run-in-container.ts";
import { layersOfVenue, type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
import { containerOf } from "../venue/where.ts";
import { stepParameters } from "./common-parameters.ts";

export const why = buildCommand<VenueFlags, [image: string, step: string], CliContext>({
  docs: {
    brief: "Name the inputs of a step that changed since the last build, old and new",
    fullDescription: layersOfVenue,
  },
  parameters: { positional: stepParameters, flags: venueFlags },
  async func(this: CliContext, flags, name, id) {
    const workspace = await findWorkspace(this.cwd);
    const container = await containerOf(this, { workspace, name, flags });
    if (container !== undefined) return runInContainer(this, container);
    const open = await openImage({ workspace, name, env: this.env, signal: this.signal });
    const planned = (await planChain(open.context.store, name, open.steps, open.describe)).find(
      ({ step }) => step.id === id,
    );
    if (planned === undefined) {
      const known = open.steps.map((step) => step.id);
      throw new PibuildError("STEP_UNKNOWN", { image: name, step: id, known });
    }
    this.out(`${id}: ${describeReason(planned.reason)}`);
    const latest = await open.context.store.latest(name, id);
    if (planned.reason.kind === "cached" || latest === undefined) return;
    const parent = latest.inputs.parent;
    for (const change of explainChange(latest.inputs, { ...planned.definition.inputs, parent })) {
      this.out(
        `  ${change.field}\n    before: ${change.before ?? "(not there)"}\n    now:    ${change.after ?? "(not there)"}`,
      );
    }
  },
});
