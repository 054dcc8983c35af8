import { type Event, exitCodeFor as exitCodeOfError } from "@pibuild/core";

/** A task's own error, which another process has rendered already. */
export class TaskFailure extends Error {
  override readonly name = "TaskFailure";
  readonly code: string;
  readonly exitCode: number;
  readonly rendered: string;

  constructor({ code, rendered, exitCode }: Extract<Event, { type: "task-failed" }>) {
    super(rendered);
    this.code = code;
    this.exitCode = exitCode;
    this.rendered = rendered;
  }
}

/** The exit code for something that was thrown: that of a task, or as for any error. */
export function exitCodeFor(error: unknown): number {
  return error instanceof TaskFailure ? error.exitCode : exitCodeOfError(error);
}
