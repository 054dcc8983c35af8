import { upstreamExport, upstreamPrefix } from "./checkout.ts";
import type { Image } from "./image.ts";
import type { StageEntry } from "./stage-entries.ts";

type Listed = Pick<Image, "stages" | "exportStages">;

/**
 * The stages that build.sh runs for an image, in order. It ends with its export, so what the image runs
 * after that comes before it there, behind all other stages.
 */
export function upstreamStages(image: Listed): readonly StageEntry[] {
  return [...image.stages, ...(stagesAfterExport(image) ?? [])];
}

/**
 * The stages of the workspace that `export:` names after pi-gen's own export. Undefined for an `export:`
 * with anything else than those and `stages/partitions`, whose work build.sh does itself.
 */
export function stagesAfterExport({
  exportStages,
}: Pick<Image, "exportStages">): readonly StageEntry[] | undefined {
  if (exportStages.every(({ isDefault }) => isDefault === true)) return [];
  const place = exportStages.findIndex(({ name }) => name === upstreamExport);
  const isPartitions = ({ name }: StageEntry) => name === "stages/partitions";
  const after = exportStages.slice(place + 1);
  const isKnown =
    place !== -1 &&
    exportStages.slice(0, place).every(isPartitions) &&
    after.every((stage) => !isPartitions(stage) && !stage.name.startsWith(upstreamPrefix));
  return isKnown ? after : undefined;
}
