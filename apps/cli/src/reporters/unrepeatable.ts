import type { EventBody } from "@pibuild/core";
import { describeFetches } from "./describe-fetches.ts";

/** Collects which steps of a run fetched besides packages, cached ones included. */
export function createUnrepeatable() {
  const steps = new Map<string, string>();
  return {
    report(event: EventBody): void {
      if (event.type !== "step-cached" && event.type !== "step-finished") return;
      const words = describeFetches(event.fetches);
      if (words !== undefined) steps.set(event.step, words);
    },
    /** For people, a line each. */
    lines: () => [...steps].map(([step, words]) => `${step} is ${words}`),
  };
}
