import { setTimeout as wait } from "node:timers/promises";
import { PibuildError } from "@pibuild/core";
import type { Patience } from "./patience.ts";

/** A failure that may be gone in a moment. */
export class Momentary extends Error {
  /** Milliseconds after which the server wants to be asked again, where it says so. */
  readonly afterMs: number | undefined;

  constructor(message: string, afterMs?: number) {
    super(message);
    this.afterMs = afterMs;
  }
}

/** The first pause in milliseconds; each is twice as long as the one before, up to the last. */
const firstMs = 200;
const longestMs = 8_000;

/**
 * Does something again while it fails for a moment: a connection that breaks, or a `Momentary`. Pauses
 * grow, and differ, so that many machines do not come at once. `progressed` begins the time anew.
 */
export async function retry<T>(
  { retryMs, signal }: Patience,
  work: (progressed: () => void) => Promise<T>,
): Promise<T> {
  let since = performance.now();
  let pauseMs = firstMs;
  const progressed = () => {
    since = performance.now();
    pauseMs = firstMs;
  };
  for (;;) {
    try {
      return await work(progressed);
    } catch (error) {
      if (signal?.aborted || isFinal(error)) throw error;
      const asked = error instanceof Momentary ? error.afterMs : undefined;
      const ms = asked ?? pauseMs * (0.5 + Math.random());
      if (performance.now() + ms - since > retryMs) throw error;
      await wait(ms, undefined, signal === undefined ? {} : { signal });
      pauseMs = Math.min(pauseMs * 2, longestMs);
    }
  }
}

/** What a next try would end with as well. */
function isFinal(error: unknown): boolean {
  const { code = "" } = error as NodeJS.ErrnoException;
  return (
    error instanceof PibuildError ||
    /^(?:HPE_|ERR_TLS|ERR_SSL|CERT_|UNABLE_|DEPTH_ZERO|SELF_SIGNED|EPROTO|ENOENT|EACCES|ENOSPC|EROFS)/.test(
      code,
    )
  );
}
