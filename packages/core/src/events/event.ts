import type { Fetch, FieldChange, StepReason, TargetReason } from "./reason.ts";

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
  | {
      readonly type: "run-started";
      readonly image: string;
      readonly steps: number;
      /** How many of them need not run, as far as it is known before; undefined where nobody looked. */
      readonly cached?: number;
      /** Whether there is nothing to do. */
      readonly fresh: boolean;
    }
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
      /** What changed since its last run. */
      readonly changes?: readonly FieldChange[];
      readonly logFile: string;
    }
  /** A step that fetches besides packages may come out otherwise the next time that it runs. */
  | { readonly type: "step-cached"; readonly step: string; readonly fetches?: readonly Fetch[] }
  | {
      readonly type: "step-finished";
      readonly step: string;
      readonly durationMs: number;
      readonly layer: string;
      readonly layerBytes: number;
      readonly fetches?: readonly Fetch[];
    }
  | { readonly type: "step-failed"; readonly step: string; readonly durationMs: number }
  /** A signal ended the run while the step ran. */
  | { readonly type: "step-stopped"; readonly step: string; readonly durationMs: number }
  | { readonly type: "action-started"; readonly step: string; readonly action: string }
  | {
      readonly type: "phase-started";
      readonly phase: string;
      /** Of a target: why it runs, and what changed since its last run. */
      readonly reason?: TargetReason;
      readonly changes?: readonly FieldChange[];
    }
  | {
      readonly type: "phase-progress";
      readonly phase: string;
      /** What is read or written so far, and of how much, where that is known. */
      readonly bytes: number;
      readonly totalBytes?: number;
    }
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
  /** A result of an earlier run, which is still what this one would make. */
  | {
      readonly type: "artifact-kept";
      readonly path: string;
      readonly bytes: number;
      readonly sha256: string;
    }
  /** The remote cache has the layer of a step, or the result of a target; its bytes may not be here. */
  | { readonly type: "cache-hit"; readonly what: string; readonly scope: string }
  /** So many bytes came over the wire for it. */
  | { readonly type: "cache-brought"; readonly what: string; readonly bytes: number }
  | { readonly type: "cache-sent"; readonly what: string; readonly bytes: number }
  /** The cache has something that is not believed. */
  | { readonly type: "cache-refused"; readonly name: string; readonly reason: string }
  /** The cache failed, and is asked for that no more. */
  | {
      readonly type: "cache-failed";
      readonly action: "read" | "write";
      readonly place: string;
      readonly reason: string;
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
      /** The build failed, or had to go another way, for something outside of it. */
      readonly type: "outage";
      readonly component:
        | "mirror"
        | "server"
        | "registry"
        | "git"
        | "disk"
        | "binfmt"
        | "container"
        | "time";
      /** A few words of a-z and `-`. */
      readonly slug: string;
      readonly rootCause: string;
      readonly remedy: string | undefined;
      readonly code?: string;
      readonly tried: readonly string[];
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
