import type { Event } from "@pibuild/core";

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
