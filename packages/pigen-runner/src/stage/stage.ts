import type { Action } from "./action.ts";

/** A file that looks as if it should run, and never will. */
export interface StageWarning {
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
}
