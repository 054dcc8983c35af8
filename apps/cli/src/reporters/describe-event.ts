import { type EventBody, formatBytes, formatDuration, type StepReason } from "@pibuild/core";

/** The line that tells of an event, or undefined for events that only matter in detail. */
export function describeEvent(event: EventBody): string | undefined {
  switch (event.type) {
    case "step-started":
      return `run     ${event.step} (${describeReason(event.reason)})`;
    case "step-finished":
      return `done    ${event.step} in ${formatDuration(event.durationMs)}, ${formatBytes(event.layerBytes)}`;
    case "step-failed":
      return `failed  ${event.step} after ${formatDuration(event.durationMs)}`;
    case "phase-started":
      return `run     ${event.phase}`;
    case "phase-finished":
      return `done    ${event.phase} in ${formatDuration(event.durationMs)}`;
    case "artifact-written":
      return `wrote   ${event.path} (${formatBytes(event.bytes)})`;
    case "venue-passed-over":
      return `passed  ${event.venue}: ${event.reason}`;
    case "venue-chosen":
      return `venue   ${event.venue} (${event.detail})`;
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

/** Why a step runs, in a few words. */
export function describeReason(reason: StepReason): string {
  switch (reason.kind) {
    case "cached":
      return "cached";
    case "never-built":
      return "never built";
    case "changed":
      return `changed: ${reason.fields.join(", ")}`;
    case "blob-missing":
      return "its layer is gone from the store";
    case "blob-corrupt":
      return "its layer was corrupt and has been dropped";
    case "parent-changes":
      return `after ${reason.parent}`;
    case "inputs-unknown":
      return `runs always: ${reason.detail}`;
  }
}
