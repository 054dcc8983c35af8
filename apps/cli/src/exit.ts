import { exitCodeFor as exitCodeOfError } from "@pibuild/core";
import { TaskFailure } from "./build/task-failure.ts";

/** The exit code for something that was thrown: that of a task, or as for any error. */
export function exitCodeFor(error: unknown): number {
  return error instanceof TaskFailure ? error.exitCode : exitCodeOfError(error);
}
