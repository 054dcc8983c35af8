import { createRedactor, type Event, type EventBody, isPibuildError } from "@pibuild/core";
import { classify, outageDirectory, recordOutage } from "@pibuild/outages";
import type { CliContext } from "../context.ts";
import { giveBack } from "../privilege/give-back.ts";
import type { Reporter } from "../reporters/reporter.ts";

/** A reporter whose events are looked at for outages besides. */
export function noting(reporter: Reporter, notes: OutageNotes): Reporter {
  return {
    report(event) {
      notes.see(event);
      reporter.report(event);
    },
    finish: (outcome) => reporter.finish(outcome),
    fail: (failure) => reporter.fail(failure),
    leave: () => reporter.leave(),
    [Symbol.asyncDispose]: () => reporter[Symbol.asyncDispose](),
  };
}

type Seen = Extract<EventBody | Event, { type: "outage" }>;

/** Collects what of a build's events is an outage, and writes it down at the end. */
export class OutageNotes {
  readonly #seen: Seen[] = [];
  readonly #context: CliContext;
  readonly #place: { readonly workspace: string; readonly image: string };

  constructor(context: CliContext, place: { readonly workspace: string; readonly image: string }) {
    this.#context = context;
    this.#place = place;
  }

  see(event: EventBody): void {
    if (event.type === "outage") this.#seen.push(event);
  }

  /** Adds what an error of this process was caused by. A task's own error has come as an event. */
  failed(error: unknown): void {
    const cause = classify(error);
    if (cause !== undefined) this.#seen.push({ type: "outage", tried: [], ...cause });
  }

  /** Writes a file for each. One that cannot be written is said, and hides no other error. */
  async write(): Promise<void> {
    const { workspace, image } = this.#place;
    for (const { tried, ...cause } of this.#seen) {
      try {
        const context = { image, tried, redact: createRedactor() };
        const path = await recordOutage(workspace, cause, context);
        await giveBack(this.#context.env, [outageDirectory(workspace)]);
        this.#context.message(`outage written down: ${path}`);
      } catch (error) {
        const why = isPibuildError(error, "CONFIG_INVALID") ? error.message : String(error);
        this.#context.message(`warning: the outage could not be written down: ${why}`);
      }
    }
  }
}
