import { PibuildError } from "@pibuild/core";
import { explainTarget, fileTargets, type OpenImage } from "@pibuild/graph";
import { explainChange, type FieldChange } from "@pibuild/layers";
import { planChain } from "@pibuild/pigen-runner";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { describeReason } from "../reporters/describe-event.ts";
import { describeTargetReason } from "../reporters/describe-target.ts";
import { openHere } from "../venue/open-here.ts";
import { layersOfVenue, type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
import { stepOrTarget } from "./common-parameters.ts";

export const why = buildCommand<VenueFlags, [image: string, step: string], CliContext>({
  docs: {
    brief: "Name the inputs of a step or target that changed since the last build, old and new",
    fullDescription: layersOfVenue,
  },
  parameters: { positional: stepOrTarget, flags: venueFlags },
  async func(this: CliContext, flags, name, id) {
    const open = await openHere(this, name, flags);
    if (open === undefined) return;
    const targets = fileTargets(open.image).map((target) => target.name);
    if (targets.includes(id)) {
      const { reason, changes } = await explainTarget(open, id);
      this.out(`${id}: ${describeTargetReason(reason, changes, name)}`);
      return showChanges(this, changes);
    }
    await explainStep(this, open, { id, targets });
  },
});

async function explainStep(
  context: CliContext,
  open: OpenImage,
  { id, targets }: { readonly id: string; readonly targets: readonly string[] },
): Promise<void> {
  const { name } = open.image;
  const planned = (await planChain(open.context.store, name, open.steps, open.describe)).find(
    ({ step }) => step.id === id,
  );
  if (planned === undefined) {
    const known = [...open.steps.map((step) => step.id), ...targets];
    throw new PibuildError("STEP_UNKNOWN", { image: name, step: id, known });
  }
  context.out(`${id}: ${describeReason(planned.reason)}`);
  const latest = await open.context.store.latest(name, id);
  if (planned.reason.kind === "cached" || latest === undefined) return;
  const parent = latest.inputs.parent;
  showChanges(context, explainChange(latest.inputs, { ...planned.definition.inputs, parent }));
}

function showChanges(context: CliContext, changes: readonly FieldChange[]): void {
  for (const { field, before, after } of changes) {
    context.out(`  ${field}\n    before: ${shown(before)}\n    now:    ${shown(after)}`);
  }
}

/** Of a digest the first twelve digits tell two apart. */
function shown(value: string | undefined): string {
  if (value === undefined) return "(not there)";
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}
