import type { Stage, StageText } from "@pibuild/pigen-stages";
import type { Finding } from "../finding.ts";

/** A stage with what the rules read of it. */
export interface LintedStage {
  readonly stage: Stage;
  readonly texts: readonly StageText[];
}

/** What one family of rules finds in a stage. Changes nothing. */
export type LintCheck = (linted: LintedStage) => Finding[] | Promise<Finding[]>;
