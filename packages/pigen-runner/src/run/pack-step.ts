import { existsSync } from "node:fs";
import { join } from "node:path";
import { PibuildError } from "@pibuild/core";
import {
  type ChangedTrees,
  dropIdleOpaque,
  markAllocated,
  normalise,
  packLayer,
} from "@pibuild/layers";
import { refuseTwinFiles } from "@pibuild/twin";
import { dropHelperTraces } from "./helper-layer.ts";
import type { RunContext } from "./run-context.ts";
import type { StepRun } from "./step-run.ts";

/**
 * Makes the layer of what a step changed, without what is volatile, and gives its file. Throws
 * STEP_CHANGED where the step's inputs are others by now.
 */
export async function packStep(
  { spec, exec }: RunContext,
  run: StepRun,
  changes: string,
): Promise<string> {
  const { step, stack, runDirectory } = run;
  await dropHelperTraces(join(changes, "rootfs"), stack);
  const trees = treesIn(changes);
  await dropIdleOpaque(exec, trees, stack);
  await markAllocated(exec, join(changes, "rootfs"), stack);
  if (run.twin !== undefined) await refuseTwinFiles(join(changes, "rootfs"), step.id);
  await normalise(exec, trees, spec.sourceDateEpoch);
  // Scripts were read while they ran: an edit meanwhile may be in the layer, or not.
  if (!(await run.unchanged())) throw new PibuildError("STEP_CHANGED", { step: step.id });
  const packed = join(runDirectory.path, "layer.squashfs");
  await packLayer(exec, {
    directory: changes,
    output: packed,
    sourceDateEpoch: spec.sourceDateEpoch,
  });
  return packed;
}

function treesIn(changes: string): ChangedTrees {
  const deploy = join(changes, "deploy");
  return {
    ...{ rootfs: join(changes, "rootfs"), work: join(changes, "work") },
    deploy: existsSync(deploy) ? deploy : undefined,
  };
}
