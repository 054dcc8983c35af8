import type { Event, EventBody } from "@pibuild/core";
import type { CliContext } from "../context.ts";
import type { Reporter } from "./reporter.ts";

/** Writes every event to standard output, one JSON document a line, for programs that show a build. */
export function createEventStream(context: CliContext): Reporter {
  const report = (event: Event | EventBody) => context.jsonLine({ at: Date.now(), ...event });
  return {
    report,
    finish({ image, fresh, durationMs, output }) {
      report({ type: "run-finished", image, fresh, durationMs, output });
    },
    fail({ target, error }) {
      report({ type: "task-failed", target, ...error });
    },
    leave() {},
    async [Symbol.asyncDispose]() {},
  };
}
