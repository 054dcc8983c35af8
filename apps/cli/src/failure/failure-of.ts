import { type Event, PibuildError, renderError } from "@pibuild/core";
import { exitCodeFor, TaskFailure } from "./task-failure.ts";

/** An error as an event carries it to another process. */
export function failureOf(
  error: unknown,
): Pick<Extract<Event, { type: "task-failed" }>, "code" | "exitCode" | "rendered"> {
  if (error instanceof TaskFailure) {
    const { code, exitCode, rendered } = error;
    return { code, exitCode, rendered };
  }
  return {
    code: error instanceof PibuildError ? error.code : "INTERNAL",
    exitCode: exitCodeFor(error),
    rendered: renderError(error),
  };
}
