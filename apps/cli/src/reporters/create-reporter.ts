import type { EventBody } from "@pibuild/core";
import type { CliContext } from "../context.ts";
import { createCacheSummary } from "./cache-summary.ts";
import { describeEvent } from "./describe-event.ts";
import { describeOutcome } from "./describe-outcome.ts";
import { createEventStream } from "./event-stream.ts";
import { createFirstCause } from "./first-cause.ts";
import { createJsonSummary } from "./json-summary.ts";
import { createLiveLine } from "./live-line.ts";
import type { Reporter } from "./reporter.ts";
import { createSlowLines } from "./slow-lines.ts";
import { createStepCount } from "./step-count.ts";
import { createUnrepeatable } from "./unrepeatable.ts";

export interface ReporterOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  /** Whether a program reads every event. */
  readonly events: boolean;
}

/** What the last line says while the image is read, and until something of it runs. */
const starting = "start";

/**
 * A reporter for where the output goes: a live last line on a terminal, plain lines elsewhere (at least
 * one a minute), or the events themselves.
 */
export function createReporter(context: CliContext, options: ReporterOptions): Reporter {
  const { json, verbose, events } = options;
  if (events) return createEventStream(context);
  const live = context.isTty && !verbose ? createLiveLine(context.process) : undefined;
  const slow = live === undefined ? createSlowLines(context.message) : undefined;
  const print = (line: string) => (live ?? slow)?.print(line);
  const summary = createJsonSummary();
  const count = createStepCount();
  const causes = createFirstCause();
  live?.begin(starting);
  const cache = createCacheSummary();
  const unrepeatable = createUnrepeatable();
  return {
    report(reported: EventBody) {
      const event = causes.explain(reported);
      if (/^(?:step|phase)-started$/.test(event.type)) live?.end(starting);
      summary.report(event);
      count.report(event);
      cache.report(event);
      unrepeatable.report(event);
      if (event.type === "command-output" && verbose) print(`  | ${event.line}`);
      (live ?? slow)?.report(event);
      const line = describeEvent(event, context.cwd);
      if (line === undefined) return;
      print("step" in event ? `${count.place(event.step)} ${line}` : line);
    },
    finish(outcome) {
      (live ?? slow)?.clear();
      if (json) return context.json({ ...summary.finish(outcome), ...figures() });
      tellCache();
      for (const words of unrepeatable.lines()) context.message(words);
      context.message(describeOutcome(outcome, count.sums(), context.cwd));
    },
    fail(failure) {
      (live ?? slow)?.clear();
      if (json) context.json({ ...summary.fail(failure), ...figures() });
      else tellCache();
    },
    leave() {
      (live ?? slow)?.clear();
    },
    async [Symbol.asyncDispose]() {
      (live ?? slow)?.clear();
    },
  };

  function tellCache(): void {
    const line = cache.line();
    if (line !== undefined) context.message(line);
  }

  function figures() {
    const found = cache.figures();
    return found === undefined ? {} : { cache: found };
  }
}
