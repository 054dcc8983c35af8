import type { EventBody } from "@pibuild/core";
import type { Failure, Outcome } from "./reporter.ts";

interface StepSummary {
  step: string;
  outcome: "cached" | "ran" | "failed";
  durationMs: number;
}

/** Collects what `--json` prints when a run has ended, well or not. */
export function createJsonSummary() {
  const steps = new Map<string, StepSummary>();
  const phases: { phase: string; durationMs: number }[] = [];
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
      if (event.type === "phase-finished") {
        phases.push({ phase: event.phase, durationMs: Math.round(event.durationMs) });
      }
      if (event.type === "artifact-written") {
        const { path, bytes, sha256 } = event;
        artifacts.set(path, { path, bytes, sha256 });
      }
    },
    finish({ image, fresh, durationMs }: Outcome) {
      return { ...all(image, durationMs), fresh };
    },
    fail({ image, durationMs, error }: Failure) {
      const { code, exitCode, rendered } = error;
      return { ...all(image, durationMs), error: { code, exitCode, message: rendered } };
    },
  };

  function all(image: string, durationMs: number) {
    return {
      schema: 1,
      image,
      durationMs: Math.round(durationMs),
      steps: [...steps.values()],
      phases,
      artifacts: [...artifacts.values()],
    };
  }
}
