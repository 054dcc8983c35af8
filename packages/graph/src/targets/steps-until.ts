import { basename } from "node:path";
import { PibuildError } from "@pibuild/core";
import type { Step } from "@pibuild/pigen-stages";
import type { OpenImage } from "../open/open-image.ts";

/** The steps up to and with the end of a stage. Throws STEP_UNKNOWN for a name that is no stage. */
export function stepsUntil({ image, stages, steps }: OpenImage, stage: string): Step[] {
  const entries = [...image.stages, ...image.exportStages];
  const known = entries.map(({ path }) => basename(path));
  const last = known.indexOf(stage);
  if (last === -1)
    throw new PibuildError("STEP_UNKNOWN", { image: image.name, step: stage, known });
  const upTo = new Set(stages.slice(0, last + 1));
  return steps.filter((step) => upTo.has(step.stage));
}
