import { basename } from "node:path";
import type { Image } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import type { Target } from "./target.ts";

/**
 * Whether targets make a graph. Throws CONFIG_INVALID where a stage has the name of another target, and
 * TARGETS_INVALID for what only a row of the registry can get wrong: a target that runs after an unknown
 * one, or after itself, and two that write one file.
 */
export function checkTargets(
  image: Pick<Image, "stages" | "exportStages"> & Partial<Image>,
  targets: readonly Target[],
): void {
  const byName = new Map<string, Target>();
  for (const target of targets) {
    const other = byName.get(target.name);
    if (other?.kind === "stage")
      throw takenName(image, target.name, "an image has a target of that name");
    if (other !== undefined) throw invalid(`there are two targets \`${target.name}\``);
    byName.set(target.name, target);
  }
  for (const { name, after } of targets) {
    const unknown = after.find((each) => !byName.has(each));
    if (unknown !== undefined)
      throw invalid(`\`${name}\` runs after \`${unknown}\`, which is none`);
  }
  for (const target of targets) {
    const circle = circleFrom(target, byName);
    if (circle !== undefined) throw invalid(`each runs after the next: ${circle.join(", ")}`);
  }
  if (image.fileName === undefined) return;
  const writers = new Map<string, string>();
  for (const target of targets) {
    if (target.kind !== "files") continue;
    for (const file of target.outputs(image as Image)) {
      const writer = writers.get(file);
      if (writer !== undefined)
        throw invalid(`\`${writer}\` and \`${target.name}\` both write \`${file}\``);
      writers.set(file, target.name);
      // A stage's manifest lies in the directory of its name.
      if (byName.get(file)?.kind === "stage")
        throw takenName(image, file, `\`${target.name}\` makes something of that name`);
    }
  }
}

/** The names on a way from a target back to itself. */
function circleFrom(
  start: Target,
  byName: ReadonlyMap<string, Target>,
  way: readonly string[] = [start.name],
): string[] | undefined {
  const last = byName.get(way.at(-1) ?? "");
  for (const next of last?.after ?? []) {
    if (next === start.name) return [...way, next];
    if (way.includes(next)) continue;
    const circle = circleFrom(start, byName, [...way, next]);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

function takenName(
  { stages, exportStages }: Pick<Image, "stages" | "exportStages">,
  name: string,
  why: string,
): PibuildError {
  const entry = [...stages, ...exportStages].find(({ path }) => basename(path) === name);
  const message = `a stage cannot be called \`${name}\`: ${why}`;
  const at = entry?.at ?? { file: "image.yaml" };
  const issues = [{ message, hint: "rename the stage's directory", at }];
  return new PibuildError("CONFIG_INVALID", { issues });
}

function invalid(problem: string): PibuildError {
  return new PibuildError("TARGETS_INVALID", { problem });
}
