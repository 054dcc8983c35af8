import type { Action } from "./action.ts";
import type { FileIndex } from "./file-index.ts";

/** Why a file never runs; rules of `pibuild lint` have the same codes. */
export type StageWarningCode =
  | "NAME_NEVER_RUNS"
  | "OUTSIDE_SUB_STAGE"
  | "SCRIPT_NEVER_CALLED"
  | "NOT_EXECUTABLE";

/** A file that looks as if it should run, and never will. */
export interface StageWarning {
  readonly code: StageWarningCode;
  readonly path: string;
  readonly problem: string;
  readonly hint: string;
}

/** A directory of a stage whose numbered files run in order. */
export interface SubStage {
  readonly name: string;
  readonly path: string;
  readonly skipped: boolean;
  readonly actions: readonly Action[];
}

/** A stage as pi-gen's `run_stage` sees it. */
export interface Stage {
  readonly name: string;
  /** With symlinks resolved, as pi-gen does before it runs a stage. */
  readonly path: string;
  /** A file `SKIP`: nothing of the stage runs, yet the next stage has it as PREV_STAGE. */
  readonly skipped: boolean;
  /** `prerun.sh` is there and executable. */
  readonly prerun: boolean;
  readonly subStages: readonly SubStage[];
  readonly warnings: readonly StageWarning[];
  /** Variables that its steps alone see, or see another value of: pi-gen's own export has some. */
  readonly variables?: Readonly<Record<string, string>>;
  /** git's word on modes and symlinks, where the disk keeps none. */
  readonly index?: FileIndex;
}
