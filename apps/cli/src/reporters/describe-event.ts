import { type EventBody, formatBytes, formatDuration } from "@pibuild/core";
import { countSteps } from "./describe-outcome.ts";
import { describeReason, describeTargetReason } from "./describe-reason.ts";
import { shownPath } from "./shown-path.ts";

/** The line that tells of an event, or undefined for events that only matter in detail. */
export function describeEvent(event: EventBody, cwd: string): string | undefined {
  switch (event.type) {
    case "run-started":
      return event.fresh ? undefined : `plan    ${event.image}: ${countSteps(event)}`;
    case "step-started":
      return `run     ${event.step} (${describeReason(event.reason)})`;
    case "step-finished":
      return `done    ${event.step} in ${formatDuration(event.durationMs)}, ${formatBytes(event.layerBytes)}`;
    case "step-failed":
      return `failed  ${event.step} after ${formatDuration(event.durationMs)}`;
    case "step-stopped":
      return `stopped ${event.step} after ${formatDuration(event.durationMs)}`;
    case "phase-started":
      return event.reason === undefined
        ? `run     ${event.phase}`
        : `run     ${event.phase} (${describeTargetReason(event.reason)})`;
    case "phase-finished":
      return `done    ${event.phase} in ${formatDuration(event.durationMs)}`;
    case "artifact-written":
      return `wrote   ${shownPath(event.path, cwd)} (${formatBytes(event.bytes)})`;
    case "venue-passed-over":
      return `passed  ${event.venue}: ${event.reason}`;
    case "venue-chosen":
      return `venue   ${event.venue} (${event.detail})`;
    case "cache-brought":
      return `brought ${event.what} (${formatBytes(event.bytes)})`;
    case "cache-sent":
      return `sent    ${event.what} (${formatBytes(event.bytes)})`;
    case "cache-refused":
      return `warning: the cache's ${event.name} is not used: ${event.reason}`;
    case "cache-failed":
      return `warning: ${event.reason}; the build goes on without ${event.action === "read" ? "the cache" : "sending to it"}`;
    case "waiting":
      return `waiting for ${event.what}`;
    case "swept":
      return `removed ${event.path}, left by a run that was killed`;
    case "notice":
      return `${event.level}: ${event.message}${event.hint === undefined ? "" : `\nhint: ${event.hint}`}`;
    default:
      return undefined;
  }
}
