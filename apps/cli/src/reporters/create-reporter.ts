import type { EventBody } from "@pibuild/core";
import type { CliContext } from "../context.ts";
import { describeEvent } from "./describe-event.ts";
import { createEventStream } from "./event-stream.ts";
import { createJsonSummary } from "./json-summary.ts";
import { createLiveLine } from "./live-line.ts";
import type { Reporter } from "./reporter.ts";

export interface ReporterOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  /** Whether a program reads every event. */
  readonly events: boolean;
}

/**
 * A reporter for where the output goes: a live last line on a terminal, plain lines elsewhere, or
 * the events themselves.
 */
export function createReporter(context: CliContext, options: ReporterOptions): Reporter {
  const { json, verbose, events } = options;
  if (events) return createEventStream(context);
  let total = 0;
  const live = context.isTty && !verbose ? createLiveLine(context.process) : undefined;
  const summary = createJsonSummary();
  const settled = new Set<string>();
  return {
    report(event: EventBody) {
      summary.report(event);
      if (event.type === "run-started") total = event.steps;
      // Every target looks its whole chain up again: the first answer for a step is the news.
      if (event.type === "step-cached" || event.type === "step-finished") settled.add(event.step);
      if (event.type === "command-output" && verbose) context.message(`  | ${event.line}`);
      live?.report(event);
      const line = describeEvent(event);
      if (line === undefined) return;
      const place =
        "step" in event ? `[${String(position(event.step)).padStart(2)}/${total}] ` : "";
      if (live) live.print(place + line);
      else context.message(place + line);
    },
    finish(outcome) {
      live?.clear();
      if (json) context.json(summary.finish(outcome));
      else context.message(outcome.text);
    },
    fail(failure) {
      live?.clear();
      if (json) context.json(summary.fail(failure));
    },
    async [Symbol.asyncDispose]() {
      live?.clear();
    },
  };

  function position(step: string): number {
    return settled.has(step) ? settled.size : settled.size + 1;
  }
}
