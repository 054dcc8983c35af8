import { type ErrorCode, type ErrorData, errorCodes, exitCodes } from "./codes.ts";
import { describe } from "./messages.ts";

/**
 * Every failure that pibuild foresees. It is data: a code and that code's fields.
 * `message` is rendered from them, so code never needs to parse text.
 */
export class PibuildError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "PibuildError";
  readonly code: C;
  readonly data: ErrorData[C];

  constructor(code: C, data: ErrorData[C], options?: { cause?: unknown }) {
    super(describe(code, data).message, options);
    this.code = code;
    this.data = data;
  }

  /** What to do about it, where that is known. */
  get hint(): string | undefined {
    return describe(this.code, this.data).hint;
  }

  get exitCode(): number {
    // 128 + 15, as a shell reports a program that SIGTERM ended.
    if (isPibuildError(this, "INTERRUPTED") && this.data.signal === "SIGTERM") return 143;
    return exitCodes[errorCodes[blamed(this).code].kind];
  }
}

/**
 * The error whose kind counts: of a step that failed it is what is known to be behind it, where that
 * lies outside of the stage. Scripts that build again later, or elsewhere, go by it.
 */
function blamed(error: PibuildError): PibuildError {
  const isRun = error.code === "STEP_FAILED" || error.code === "UPSTREAM_FAILED";
  const outside =
    isPibuildError(error.cause, "MIRROR_UNREACHABLE") ||
    isPibuildError(error.cause, "SERVER_UNREACHABLE") ||
    isPibuildError(error.cause, "ENV_DISK_FULL");
  return isRun && outside ? (error.cause as PibuildError) : error;
}

/** Narrows an unknown value to a PibuildError of one code. */
export function isPibuildError<C extends ErrorCode>(
  error: unknown,
  code: C,
): error is PibuildError<C> {
  return error instanceof PibuildError && error.code === code;
}
