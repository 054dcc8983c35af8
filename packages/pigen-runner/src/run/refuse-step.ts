import { isPibuildError, PibuildError } from "@pibuild/core";
import type { RunContext } from "./run-context.ts";

/**
 * Throws STEP_REFUSED where a step left in the tree what the image's disk cannot hold: it is said by the
 * step that made it, and not when a later one is done.
 */
export async function refuseUnheld(
  { checkTree }: Pick<RunContext, "checkTree">,
  step: string,
  root: string,
): Promise<void> {
  try {
    await checkTree?.(root);
  } catch (error) {
    if (!isPibuildError(error, "LAYOUT_INVALID")) throw error;
    const { problem, partition } = error.data;
    throw new PibuildError("STEP_REFUSED", {
      step,
      problem: partition === undefined ? problem : `partition \`${partition}\`: ${problem}`,
      hint: "let the step put it elsewhere, give it another name, or remove it",
    });
  }
}
