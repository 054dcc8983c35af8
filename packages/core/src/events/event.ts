/** Why a step has to run, or why it need not. */
export type StepReason =
  | { readonly kind: "cached" }
  | { readonly kind: "never-built" }
  | { readonly kind: "changed"; readonly fields: readonly string[] }
  | { readonly kind: "blob-missing" }
  | { readonly kind: "blob-corrupt" }
  | { readonly kind: "parent-changes"; readonly parent: string }
  | { readonly kind: "inputs-unknown"; readonly detail: string };

/** Something that a person should know before a build, and what to do about it. */
export interface Notice {
  readonly message: string;
  readonly hint: string;
}

/**
 * All that pibuild says while it works. Reporters are functions of this stream;
 * the NDJSON log of a run is this stream. `at` is milliseconds since the epoch.
 */
export type Event = { readonly at: number } & (
  | { readonly type: "run-started"; readonly image: string; readonly steps: number }
  | {
      readonly type: "run-finished";
      readonly image: string;
      readonly durationMs: number;
      /** Whether there was nothing to do. */
      readonly fresh: boolean;
      /** The directory that holds the results. */
      readonly output: string;
    }
  | { readonly type: "venue-passed-over"; readonly venue: string; readonly reason: string }
  | { readonly type: "venue-chosen"; readonly venue: string; readonly detail: string }
  | {
      readonly type: "step-started";
      readonly step: string;
      readonly reason: StepReason;
      readonly logFile: string;
    }
  | { readonly type: "step-cached"; readonly step: string }
  | {
      readonly type: "step-finished";
      readonly step: string;
      readonly durationMs: number;
      readonly layer: string;
      readonly layerBytes: number;
    }
  | { readonly type: "step-failed"; readonly step: string; readonly durationMs: number }
  | { readonly type: "action-started"; readonly step: string; readonly action: string }
  | { readonly type: "phase-started"; readonly phase: string }
  | { readonly type: "phase-finished"; readonly phase: string; readonly durationMs: number }
  | { readonly type: "command-started"; readonly command: string }
  | { readonly type: "command-output"; readonly line: string }
  | {
      readonly type: "command-finished";
      readonly command: string;
      readonly durationMs: number;
      readonly exitCode?: number;
    }
  | {
      readonly type: "artifact-written";
      readonly path: string;
      readonly bytes: number;
      readonly sha256: string;
    }
  | { readonly type: "waiting"; readonly what: string }
  | { readonly type: "swept"; readonly path: string }
  | {
      /** A target's process has ended with an error; `rendered` is what a person should read. */
      readonly type: "task-failed";
      readonly target: string;
      readonly code: string;
      readonly exitCode: number;
      readonly rendered: string;
    }
  | {
      readonly type: "notice";
      readonly level: "info" | "warning";
      readonly message: string;
      readonly hint?: string;
    }
);

type WithoutTime<T> = T extends unknown ? Omit<T, "at"> : never;

/** An event as its sender writes it; the sink adds the time. */
export type EventBody = WithoutTime<Event>;

/** Where events go. */
export type Emit = (event: EventBody) => void;

/** A sink that drops everything, for callers that do not watch. */
export const silent: Emit = () => {};
