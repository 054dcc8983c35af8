import type { Action } from "../stage/action.ts";
import type { Stage } from "../stage/stage.ts";

/** The unit of caching: a sub-stage of a stage, or the stage's `prerun.sh`. */
export interface Step {
  /** `<stage>/<sub-stage>` or `<stage>/prerun`. */
  readonly id: string;
  readonly stage: Stage;
  /** Where its actions run. */
  readonly directory: string;
  readonly actions: readonly Action[];
  /** The stage before this one, SKIPped or not: pi-gen's PREV_STAGE. */
  readonly previous: Stage | undefined;
  /** How many steps of the chain belong to earlier stages. */
  readonly stageStart: number;
}

/** The chain of steps that these stages make, in the order in which they run. */
export function listSteps(stages: readonly Stage[]): Step[] {
  const steps: Step[] = [];
  stages.forEach((stage, index) => {
    if (stage.skipped) return;
    const common = { stage, previous: stages[index - 1], stageStart: steps.length };
    if (stage.prerun) {
      steps.push({
        ...common,
        id: `${stage.name}/prerun`,
        directory: stage.path,
        actions: [{ kind: "prerun", name: "prerun.sh" }],
      });
    }
    for (const { name, path, skipped, actions } of stage.subStages) {
      if (skipped || actions.length === 0) continue;
      steps.push({ ...common, id: `${stage.name}/${name}`, directory: path, actions });
    }
  });
  return steps;
}
