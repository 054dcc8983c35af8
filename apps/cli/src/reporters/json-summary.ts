import type { EventBody } from "@pibuild/core";
import type { Outcome } from "./reporter.ts";

interface StepSummary {
  step: string;
  outcome: "cached" | "ran" | "failed";
  durationMs: number;
}

/** Collects what `--json` prints when a run has ended. */
export function createJsonSummary() {
  const steps = new Map<string, StepSummary>();
  const artifacts = new Map<string, { path: string; bytes: number; sha256: string }>();
  return {
    report(event: EventBody): void {
      if (event.type === "step-cached" && !steps.has(event.step)) {
        steps.set(event.step, { step: event.step, outcome: "cached", durationMs: 0 });
      }
      if (event.type === "step-finished" || event.type === "step-failed") {
        const outcome = event.type === "step-finished" ? "ran" : "failed";
        steps.set(event.step, {
          step: event.step,
          outcome,
          durationMs: Math.round(event.durationMs),
        });
      }
      if (event.type === "artifact-written") {
        const { path, bytes, sha256 } = event;
        artifacts.set(path, { path, bytes, sha256 });
      }
    },
    finish({ image, fresh, durationMs }: Outcome) {
      return {
        schema: 1,
        image,
        fresh,
        durationMs: Math.round(durationMs),
        steps: [...steps.values()],
        artifacts: [...artifacts.values()],
      };
    },
  };
}
