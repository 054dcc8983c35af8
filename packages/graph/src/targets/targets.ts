import { basename } from "node:path";
import type { Image } from "@pibuild/config";

/** Targets that come after the stages, in order; not every image has each. */
export const finalTargets = ["disk", "payload", "artifacts"] as const;
export type FinalTarget = (typeof finalTargets)[number];

/** The names of an image's targets, each depending on the one before it. */
export function targetNames(image: Pick<Image, "stages" | "exportStages" | "payload">): string[] {
  const stages = [...image.stages, ...image.exportStages].map(({ path }) => basename(path));
  const after = finalTargets.filter((name) => name !== "payload" || image.payload !== undefined);
  return [...stages, ...after];
}
