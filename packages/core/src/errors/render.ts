import { createRedactor } from "../text/redact.ts";
import type { ConfigIssue } from "./codes.ts";
import { formatLocation } from "./messages.ts";
import { isPibuildError, PibuildError } from "./pibuild-error.ts";

const redact = createRedactor();

/**
 * An error as a person reads it: `error:`, its causes, the place, the end of the log, `hint:`.
 * What a person stopped is no error. Anything that is not a PibuildError is a bug and keeps its stack. No
 * address has its login.
 */
export function renderError(error: unknown): string {
  return redact(linesOf(error));
}

function linesOf(error: unknown): string {
  if (!(error instanceof PibuildError)) return renderBug(error);
  const lines = isPibuildError(error, "CONFIG_INVALID")
    ? error.data.issues.flatMap(renderIssue)
    : [isPibuildError(error, "INTERRUPTED") ? error.message : `error: ${error.message}`];
  lines.push(...renderCauses(error.cause), ...renderTail(error));
  const hints = isPibuildError(error, "CONFIG_INVALID") ? [] : hintsOf(error);
  if (hints.length > 0) lines.push("", ...hints.map((hint) => `hint: ${hint}`));
  return lines.join("\n");
}

/** What is done about the cause comes before what is done about its effect. */
function hintsOf(error: unknown): string[] {
  if (!(error instanceof PibuildError)) return [];
  return [...hintsOf(error.cause), ...(error.hint === undefined ? [] : [error.hint])];
}

function renderIssue({ message, at, sourceLine, length, hint }: ConfigIssue): string[] {
  const lines = [`error: ${message}`, `  at ${formatLocation(at)}`];
  if (sourceLine !== undefined && at.column !== undefined) {
    const indent = " ".repeat(5);
    lines.push(indent + sourceLine);
    const before = sourceLine.slice(0, at.column - 1).replace(/[^\t]/g, " ");
    lines.push(indent + before.padEnd(at.column - 1) + "~".repeat(Math.max(1, length ?? 1)));
  }
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  return lines;
}

function renderCauses(cause: unknown): string[] {
  if (!(cause instanceof Error)) return [];
  return [`  Caused by: ${cause.message}`, ...renderCauses(cause.cause)];
}

function renderTail(error: PibuildError): string[] {
  if (isPibuildError(error, "STEP_FAILED") || isPibuildError(error, "UPSTREAM_FAILED")) {
    const { failure, logFile } = error.data;
    return [...failure.tail.map((line) => `  | ${line}`), `  log: ${logFile}`];
  }
  if (
    isPibuildError(error, "PIGEN_UNREACHABLE") ||
    isPibuildError(error, "CONTAINER_IMAGE_FAILED")
  ) {
    return error.data.failure.tail.map((line) => `  | ${line}`);
  }
  if (isPibuildError(error, "COMMAND_FAILED")) {
    return error.data.tail.map((line) => `  | ${line}`);
  }
  return [];
}

function renderBug(error: unknown): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: internal error, this is a bug in pibuild\n${detail}`;
}
