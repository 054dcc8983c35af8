import type { Event, EventBody } from "@pibuild/core";

/**
 * Follows which step others run after: of steps that run one after the other, the first, whose own reason
 * says what changed. A step by itself, which may be in another process, only knows the one below it.
 */
export function createFirstCause() {
  const settled = new Set<string>();
  let cause: string | undefined;
  return {
    /** The event, with the step that it began with in place of the one below. */
    explain<E extends Event | EventBody>(event: E): E {
      if (event.type === "step-cached" && !settled.has(event.step)) {
        settled.add(event.step);
        cause = undefined;
      }
      if (event.type !== "step-started") return event;
      settled.add(event.step);
      const first = cause;
      cause ??= event.step;
      if (first === undefined || event.reason.kind !== "parent-changes") return event;
      return { ...event, reason: { ...event.reason, parent: first } };
    },
  };
}
