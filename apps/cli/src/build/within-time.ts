import type { Image } from "@pibuild/config";
import { type Event, type EventBody, isPibuildError, PibuildError } from "@pibuild/core";
import type { Reporter } from "../reporters/reporter.ts";

/** What work gets that may take its time only. */
export interface TimedWork {
  /** Aborts with the caller's signal, and when the time is over. */
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
}

/**
 * Does work that ends with an image's BUILD_TIMEOUT, where it has one: its signal is aborted then,
 * as if somebody had stopped it. Throws BUILD_TIMEOUT with what ran at that moment.
 */
export async function withinTime(
  { name, timeoutMs }: Pick<Image, "name" | "timeoutMs">,
  { signal, reporter }: TimedWork,
  work: (timed: TimedWork) => Promise<void>,
): Promise<void> {
  if (timeoutMs === undefined) return work({ signal, reporter });
  const over = new AbortController();
  const running = watchRunning();
  let atEnd: ReturnType<typeof running.now> | undefined;
  const timer = setTimeout(() => {
    atEnd = running.now();
    over.abort("SIGTERM");
  }, timeoutMs);
  const watched: Reporter = {
    ...reporter,
    report(event) {
      running.report(event);
      reporter.report(event);
    },
  };
  try {
    await work({ signal: AbortSignal.any([signal, over.signal]), reporter: watched });
  } catch (error) {
    if (atEnd === undefined || signal.aborted || !isPibuildError(error, "INTERRUPTED")) throw error;
    throw new PibuildError("BUILD_TIMEOUT", { image: name, limitMs: timeoutMs, ...atEnd });
  } finally {
    clearTimeout(timer);
  }
}

/** Follows which step or phase runs. */
function watchRunning() {
  // A stage's phase has its steps' inside it.
  const running = new Map<string, number>();
  return {
    report(event: Event | EventBody): void {
      if (event.type === "step-started") running.set(event.step, performance.now());
      if (event.type === "phase-started") running.set(event.phase, performance.now());
      if (/^step-(?:finished|failed|stopped)$/.test(event.type) && "step" in event)
        running.delete(event.step);
      if (event.type === "phase-finished") running.delete(event.phase);
    },
    now() {
      const [name, since = 0] = [...running].at(-1) ?? [];
      return { running: name, runningMs: name === undefined ? 0 : performance.now() - since };
    },
  };
}
