import { describeFault } from "../fetch/fault.ts";
import { NobodyDelivers } from "../fetch/fetch-file.ts";

/** A failure in one line of ASCII, which is all that a status line of HTTP takes: each mirror with its fault. */
export function reasonOf(error: unknown): string {
  const words =
    error instanceof NobodyDelivers
      ? error.faults.length === 0
        ? `no mirror of ${error.archive} is asked, and what is kept has no ${error.path}`
        : `every mirror of ${error.archive} failed: ${error.faults.map((fault) => `${fault.candidate} ${describeFault(fault)}`).join("; ")}`
      : isFull(error)
        ? "No space left on device, where packages are kept"
        : `the package proxy failed: ${(error as Error).message}`;
  return words.replaceAll(/[^\x20-\x7e]+/g, " ");
}

function isFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");
}
