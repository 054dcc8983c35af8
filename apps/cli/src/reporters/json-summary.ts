import type { EventBody, Fetch } from "@pibuild/core";
import type { Failure, Outcome } from "./reporter.ts";

interface StepSummary {
  step: string;
  outcome: "cached" | "ran" | "failed" | "interrupted";
  durationMs: number;
  /** What it fetches besides packages, where it does: it is not repeatable then. */
  fetches?: readonly Fetch[];
}

interface ArtifactSummary {
  path: string;
  bytes: number;
  sha256: string;
  /** Whether this run wrote it; else an earlier one did. */
  written: boolean;
}

const outcomes = {
  "step-finished": "ran",
  "step-failed": "failed",
  "step-stopped": "interrupted",
} as const;

function fetchesOf(event: EventBody): Pick<StepSummary, "fetches"> {
  return "fetches" in event && event.fetches !== undefined ? { fetches: event.fetches } : {};
}

/** Collects what `--json` prints when a run has ended, well or not. */
export function createJsonSummary() {
  const steps = new Map<string, StepSummary>();
  const phases: { phase: string; durationMs: number }[] = [];
  const artifacts = new Map<string, ArtifactSummary>();
  return {
    report(event: EventBody): void {
      switch (event.type) {
        case "step-cached":
          if (!steps.has(event.step))
            steps.set(event.step, {
              ...{ step: event.step, outcome: "cached", durationMs: 0 },
              ...fetchesOf(event),
            });
          return;
        case "step-finished":
        case "step-failed":
        case "step-stopped": {
          const { step, durationMs } = event;
          const outcome = outcomes[event.type];
          steps.set(step, {
            ...{ step, outcome, durationMs: Math.round(durationMs) },
            ...fetchesOf(event),
          });
          return;
        }
        case "phase-finished":
          phases.push({ phase: event.phase, durationMs: Math.round(event.durationMs) });
          return;
        case "artifact-written":
        case "artifact-kept": {
          const { path, bytes, sha256 } = event;
          const written = event.type === "artifact-written";
          if (written || !artifacts.has(path))
            artifacts.set(path, { path, bytes, sha256, written });
          return;
        }
      }
    },
    finish({ image, fresh, durationMs }: Outcome) {
      return { ...all(image, durationMs), outcome: fresh ? "up-to-date" : "built", fresh };
    },
    fail({ image, durationMs, error }: Failure) {
      const { code, exitCode, rendered } = error;
      const outcome = code === "INTERRUPTED" ? "interrupted" : "failed";
      const report = { code, exitCode, message: rendered };
      return { ...all(image, durationMs), outcome, error: report };
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
