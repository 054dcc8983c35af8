/** What a check found, and the command that would mend it. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  /** A command line to show; `--fix` runs the check's own `mend`. */
  readonly fix?: string;
  readonly mend?: () => Promise<void>;
}
