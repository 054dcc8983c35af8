/** Errors fail a run of `pibuild lint`; warnings do not. */
export type Severity = "error" | "warning";

/** What each rule's findings carry. The words for them are in the rule's row. */
export interface RuleData {
  NAME_NEVER_RUNS: { problem: string };
  OUTSIDE_SUB_STAGE: { problem: string };
  SCRIPT_NEVER_CALLED: { problem: string };
  NOT_EXECUTABLE: { problem: string };
  HOST_TOUCHED: { command: string; path?: string };
  HOST_PATH_IN_CHROOT: { variable: string };
  HIDDEN_IN_CHROOT: { path: string };
  EXPANDED_ON_HOST: { text: string };
  ASKED_ON_HOST: { text: string };
  READS_THE_SCRIPT: { command: string; how: "shell" | "question" };
  FETCHES_BESIDES: { command: string; host?: string };
  NO_SHEBANG: Record<never, never>;
  ERRORS_PASS: Record<never, never>;
  DOUBLED_DOLLAR: { text: string };
  WINDOWS_LINE_ENDS: Record<never, never>;
  PACKAGES_ONE_LINE: { comment: string };
  PATCHES_WITHOUT_SERIES: Record<never, never>;
  PATCHES_NEVER_APPLIED: { first: string };
  NO_EXPORT_IMAGE: { exported: string | undefined };
  SKIP_IMAGES_IDLE: Record<never, never>;
  SKIP_BREAKS_NEXT: { next: string };
  MARKER_MEANS_NOTHING: { marker: string; problem: string };
  SORTS_BEFORE_STAGE0: { names: readonly string[] };
  STAGE_NAME_SPLITS: { name: string };
  /** One of shellcheck's own findings, shown under its own code. */
  SHELLCHECK: { number: number; level: Severity; text: string };
  ALLOW_UNUSABLE: { problem: string };
  ALLOW_IDLE: { allowed: string };
}

export type RuleCode = keyof RuleData;

interface FindingOf<C extends RuleCode> {
  readonly code: C;
  /** The absolute path of a file or directory. */
  readonly file: string;
  /** Lines and columns start at 1; without them the finding is about the whole file. */
  readonly line?: number;
  readonly column?: number;
  /** The line on which the command begins that the finding is about, where that is an earlier one. */
  readonly from?: number;
  /** The stage that the file belongs to. */
  readonly stage: string;
  readonly data: RuleData[C];
}

/** What a rule has to say about one place of a stage. */
export type Finding = { [C in RuleCode]: FindingOf<C> }[RuleCode];
