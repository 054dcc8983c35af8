import type { Event, EventBody } from "@pibuild/core";

/** How a run ended, for its last line or its JSON document. */
export interface Outcome {
  readonly image: string;
  readonly fresh: boolean;
  readonly durationMs: number;
  /** The directory that holds the results. */
  readonly output: string;
  readonly text: string;
}

/** Shows a run. Reporters are functions of events; they know nothing of how work is done. */
export interface Reporter extends AsyncDisposable {
  report(event: Event | EventBody): void;
  finish(outcome: Outcome): void;
}
