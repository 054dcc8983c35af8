import { type FieldChange, PibuildError } from "@pibuild/core";
import { explainTarget, fileTargets, type OpenImage } from "@pibuild/graph";
import { explainChange } from "@pibuild/layers";
import { planChain } from "@pibuild/pigen-runner";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { describeLastBuild, describeLastRun } from "../last-build/describe-last-build.ts";
import { readLastBuild } from "../last-build/read-last-build.ts";
import { describeReason, describeTargetReason } from "../reporters/describe-reason.ts";
import { openHere } from "../venue/open-here.ts";
import { layersOfVenue, type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
import { stepOrTarget } from "./common-parameters.ts";

/** What is so now: why something would run, and the inputs that changed since its last run. */
interface State {
  readonly reason: string;
  readonly isCached: boolean;
  readonly changes: readonly FieldChange[];
}

export const why = buildCommand<VenueFlags, [image: string, step?: string], CliContext>({
  docs: {
    brief:
      "Tell why a step or target runs, or why it ran in the last build, and which inputs changed",
    fullDescription: [
      "Examples:",
      "  pibuild why debian-lite                     what the last build ran, and why",
      "  pibuild why debian-lite debian-lite/06-ssh  one step: what changed, old and new",
      "  pibuild why debian-lite disk                a target: disk, artifacts, deployed or payload",
      "",
      layersOfVenue,
    ].join("\n"),
  },
  parameters: { positional: stepOrTarget, flags: venueFlags },
  async func(this: CliContext, flags, name, id) {
    const open = await openHere(this, name, flags);
    if (open === undefined) return;
    const last = await readLastBuild(open.context.logs);
    if (id === undefined) {
      const lines =
        last === undefined ? [`${name} was not built yet`] : describeLastBuild(name, last);
      for (const line of lines) this.out(line);
      return;
    }
    const { reason, isCached, changes } = await stateOf(open, id);
    this.out(`${id}: ${reason}`);
    showChanges(this, changes);
    // Where it would run again, what happened before is another story.
    const before = isCached && last !== undefined ? describeLastRun(last, id) : undefined;
    if (before === undefined) return;
    this.out(before);
    showChanges(this, last?.runs.get(id)?.changes ?? []);
  },
});

async function stateOf(open: OpenImage, id: string): Promise<State> {
  const targets = fileTargets(open.image).map((target) => target.name);
  if (!targets.includes(id)) return await stepState(open, id, targets);
  const { reason, changes } = await explainTarget(open, id);
  const words = describeTargetReason(reason);
  const more =
    reason.kind === "after" ? ` (\`pibuild why ${open.image.name} ${reason.what}\`)` : "";
  return { reason: words + more, isCached: reason.kind === "fresh", changes };
}

async function stepState(open: OpenImage, id: string, targets: readonly string[]): Promise<State> {
  const { name } = open.image;
  const { store } = open.context;
  const plan = await planChain(store, name, open.steps, open.describe);
  const planned = plan.find(({ step }) => step.id === id);
  if (planned === undefined) {
    const known = [...open.steps.map((step) => step.id), ...targets];
    throw new PibuildError("STEP_UNKNOWN", { image: name, step: id, known });
  }
  const reason = describeReason(planned.reason);
  const latest = await store.latest(name, id);
  if (planned.reason.kind === "cached" || latest === undefined)
    return { reason, isCached: planned.reason.kind === "cached", changes: [] };
  const { parent } = latest.inputs;
  const changes = explainChange(latest.inputs, { ...planned.definition.inputs, parent });
  return { reason, isCached: false, changes };
}

function showChanges(context: CliContext, changes: readonly FieldChange[]): void {
  for (const { field, before, after } of changes) {
    // The layers below are told by the step that they come from.
    if (field === "parent") continue;
    context.out(`  ${field}\n    before: ${shown(before)}\n    now:    ${shown(after)}`);
  }
}

/** Of a digest the first twelve digits tell two apart. */
function shown(value: string | undefined): string {
  if (value === undefined) return "(not there)";
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}
