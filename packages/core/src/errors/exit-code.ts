import { exitCodes } from "./codes.ts";
import { PibuildError } from "./pibuild-error.ts";

/** The exit code for something that was thrown: a PibuildError's own, else `internal`. */
export function exitCodeFor(error: unknown): number {
  return error instanceof PibuildError ? error.exitCode : exitCodes.internal;
}

/** The argument parser's own codes are negative; to a shell every one of them means wrong usage. */
export function exitCodeOf(code: number | string | null | undefined): number {
  const value = Number(code ?? 0);
  return value < 0 || value > 128 + 64 ? exitCodes.usage : value;
}
