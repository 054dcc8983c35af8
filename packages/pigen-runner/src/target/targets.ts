import { basename } from "node:path";
import type { Image } from "@pibuild/config";

/** Targets that come after the stages, in order. */
export const finalTargets = ["disk", "artifacts"] as const;

/** The names of an image's targets, each depending on the one before it. */
export function targetNames(image: Pick<Image, "stages" | "exportStage">): string[] {
  const stages = [...image.stages, image.exportStage].map(({ path }) => basename(path));
  return [...stages, ...finalTargets];
}
