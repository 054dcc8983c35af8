import type { Severity } from "../finding.ts";

/** The least that shellcheck has to think of a place for it to be shown. */
export const leastSeverity: Severity = "warning";

/** A code of shellcheck's that says nothing about a stage's scripts, and why. Docs list them. */
export interface ExcludedCode {
  readonly number: number;
  /** `run-chroot`: only in what is fed to `bash -e` in the image. */
  readonly where: "everywhere" | "run-chroot";
  readonly why: string;
}

export const excludedCodes: readonly ExcludedCode[] = [
  {
    number: 1017,
    where: "everywhere",
    why: "a carriage return on each line: WINDOWS_LINE_ENDS says it once",
  },
  {
    number: 1090,
    where: "everywhere",
    why: "what a script sources is often in the image, which is not here",
  },
  {
    number: 2043,
    where: "everywhere",
    why: "a loop over one word: pi-gen's own export-image has one, as has what began as a list",
  },
  {
    number: 2164,
    where: "run-chroot",
    why: "`cd` without `|| exit`: pi-gen's bash has `-e`, although no line of the script says so",
  },
];
