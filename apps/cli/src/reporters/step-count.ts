import type { EventBody } from "@pibuild/core";
import type { StepSums } from "./describe-outcome.ts";

/** Counts a run's steps: which is which, and how many needed not run. */
export function createStepCount() {
  let steps = 0;
  let isLooked = false;
  // Every target looks its whole chain up again: the first answer for a step is the news.
  const cached = new Set<string>();
  const ran = new Set<string>();
  return {
    report(event: EventBody): void {
      if (event.type === "run-started") {
        steps = event.steps;
        isLooked = event.cached !== undefined;
      }
      if (event.type === "step-cached" && !ran.has(event.step)) cached.add(event.step);
      if (event.type === "step-finished") ran.add(event.step);
    },
    /** Which of all steps one is: `[ 2/20]`. */
    place(step: string): string {
      const before = cached.size + ran.size;
      const number = cached.has(step) || ran.has(step) ? before : before + 1;
      return `[${String(number).padStart(2)}/${steps}]`;
    },
    sums(): StepSums {
      return { steps, cached: isLooked ? cached.size : undefined };
    },
  };
}
