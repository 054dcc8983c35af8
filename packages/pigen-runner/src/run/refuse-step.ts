import { isPibuildError, PibuildError } from "@pibuild/core";
import { findUnkept } from "@pibuild/layers";
import type { ChangedTree, RunContext } from "./run-context.ts";

/**
 * Throws STEP_REFUSED where a step left in the tree what its layer or the image's disk cannot
 * hold: it is said by the step that made it, and not when a later one is done.
 */
export async function refuseUnheld(
  { exec, checkTree }: Pick<RunContext, "exec" | "checkTree">,
  step: string,
  tree: ChangedTree,
): Promise<void> {
  const unkept = await findUnkept(exec, tree.changes);
  if (unkept !== undefined) {
    throw new PibuildError("STEP_REFUSED", {
      step,
      problem: unkept,
      hint: "let a service set it when the device starts, such as by a line of tmpfiles.d(5)",
    });
  }
  try {
    await checkTree?.(tree);
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
