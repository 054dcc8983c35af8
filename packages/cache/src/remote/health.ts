import { type Emit, PibuildError } from "@pibuild/core";

/** What of a cache still works for this process. */
export interface Health {
  may(action: "read" | "write"): boolean;
  /** Notes a failure, says it once, and asks the cache no more for that. */
  failed(action: "read" | "write", error: unknown): void;
}

export interface HealthOptions {
  readonly place: string;
  readonly read: boolean;
  readonly write: boolean;
  readonly emit: Emit;
}

/** A cache that failed is left alone: each question would cost its whole patience anew. */
export function createHealth({ place, read, write, emit }: HealthOptions): Health {
  const works = { read, write };
  return {
    may: (action) => works[action],
    failed(action, error) {
      if (!works[action]) return;
      works[action] = false;
      const reason = error instanceof Error ? error.message : String(error);
      // Who does not answer takes nothing either; who refuses one thing may allow the other.
      const isDown =
        error instanceof PibuildError &&
        ["REGISTRY_UNREACHABLE", "REGISTRY_NOT_OCI", "CACHE_UNREACHABLE"].includes(error.code);
      if (isDown && action === "read") works.write = false;
      emit({ type: "cache-failed", action, place, reason });
    },
  };
}
