import { count, formatDuration } from "@pibuild/core";
import type { Outcome } from "./reporter.ts";
import { shownPath } from "./shown-path.ts";

/** How many steps there are, and how many of them need not run; undefined where nobody looked. */
export interface StepSums {
  readonly steps: number;
  readonly cached?: number | undefined;
}

/** `17 of 20 steps cached`. */
export function countSteps({ steps, cached }: StepSums): string {
  return cached === undefined
    ? count(steps, "step")
    : `${cached} of ${count(steps, "step")} cached`;
}

/** The last line of a build that went well. */
export function describeOutcome(
  { image, fresh, durationMs, output }: Outcome,
  sums: StepSums,
  cwd: string,
): string {
  const state = fresh ? "up to date" : "ready";
  const took = `${formatDuration(durationMs)}, ${countSteps(sums)}`;
  return `${image} is ${state} (${took}): ${shownPath(output, cwd)}`;
}
