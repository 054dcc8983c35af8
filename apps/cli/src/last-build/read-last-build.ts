import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Event, FieldChange } from "@pibuild/core";
import { describeReason, describeTargetReason } from "../reporters/describe-reason.ts";
import { createFirstCause } from "../reporters/first-cause.ts";

/** What the last build of an image did for one step or target. */
export interface LastRun {
  readonly outcome: "cached" | "ran" | "failed" | "stopped";
  /** Why it ran, in words; undefined for what was cached. */
  readonly why?: string;
  /** The inputs that had changed by then. */
  readonly changes: readonly FieldChange[];
  readonly durationMs?: number;
}

export interface LastBuild {
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  /** Steps and targets by name, in the order in which they came up. */
  readonly runs: ReadonlyMap<string, LastRun>;
}

/** Reads what a build's tasks have said, see `runTargets`. Undefined where there was none. */
export async function readLastBuild(logs: string): Promise<LastBuild | undefined> {
  const text = await readFile(join(logs, "events.ndjson"), "utf8").catch(() => "");
  const events = text.split("\n").flatMap(parseEvent);
  const [first] = events;
  if (first === undefined) return undefined;
  const runs = new Map<string, LastRun>();
  const causes = createFirstCause();
  for (const event of events) collect(runs, causes.explain(event));
  return { at: first.at, runs };
}

/** A build that was killed may have left half a line. */
function parseEvent(line: string): Event[] {
  try {
    const event = JSON.parse(line) as Partial<Event> | null;
    return typeof event?.type === "string" && typeof event.at === "number" ? [event as Event] : [];
  } catch {
    return [];
  }
}

function collect(runs: Map<string, LastRun>, event: Event): void {
  const end = (name: string, outcome: LastRun["outcome"], durationMs: number) =>
    runs.set(name, { changes: [], ...runs.get(name), outcome, durationMs });
  switch (event.type) {
    case "step-cached":
      if (!runs.has(event.step)) runs.set(event.step, { outcome: "cached", changes: [] });
      return;
    case "step-started": {
      const { step, reason, changes = [] } = event;
      // What has no end was killed with the build.
      runs.set(step, { outcome: "stopped", why: describeReason(reason), changes });
      return;
    }
    case "phase-started": {
      const { phase, reason, changes = [] } = event;
      if (reason !== undefined)
        runs.set(phase, { outcome: "stopped", why: describeTargetReason(reason), changes });
      return;
    }
    case "step-finished":
      return void end(event.step, "ran", event.durationMs);
    case "step-failed":
      return void end(event.step, "failed", event.durationMs);
    case "step-stopped":
      return void end(event.step, "stopped", event.durationMs);
    case "phase-finished":
      if (runs.has(event.phase)) end(event.phase, "ran", event.durationMs);
      return;
  }
}
