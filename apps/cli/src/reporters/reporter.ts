import type { Event, EventBody } from "@pibuild/core";
import type { failureOf } from "../failure/failure-of.ts";

/** How a run ended, for its last line or its JSON document. */
export interface Outcome {
  readonly image: string;
  readonly fresh: boolean;
  readonly durationMs: number;
  /** The directory that holds the results. */
  readonly output: string;
}

/** How a run failed. A person reads that on standard error, whatever the reporter. */
export interface Failure {
  readonly image: string;
  /** The last target that was asked for, empty where none was named. */
  readonly target: string;
  readonly durationMs: number;
  readonly error: ReturnType<typeof failureOf>;
}

/** Shows a run. Reporters are functions of events; they know nothing of how work is done. */
export interface Reporter extends AsyncDisposable {
  report(event: Event | EventBody): void;
  finish(outcome: Outcome): void;
  fail(failure: Failure): void;
  /** Leaves the terminal to another process. */
  leave(): void;
}
