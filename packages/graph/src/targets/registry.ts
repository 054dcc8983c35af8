import { basename } from "node:path";
import type { Image } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { artifacts } from "./artifacts.ts";
import { binfmt } from "./binfmt.ts";
import { checkTargets } from "./check-targets.ts";
import { deployed } from "./deployed.ts";
import { disk } from "./disk.ts";
import { payload } from "./payload.ts";
import type { FileTarget, HostTarget, StageTarget, Target } from "./target.ts";
import { upstream } from "./upstream.ts";

/** What an image is besides its stages; one row to add one. A target runs after those that it names. */
type Row = (image: Image, lastStage: string) => Target | undefined;
const rows: readonly Row[] = [disk, artifacts, deployed, payload, upstream];

/** What a plain `pibuild build` asks for. */
export const everything = "all";

type TargetSource = Pick<Image, "stages" | "exportStages" | "payload"> & Partial<Image>;

/**
 * The targets of an image, each after those that it needs. Throws CONFIG_INVALID where a stage has the
 * name of another target.
 */
export function targetsOf(image: TargetSource): Target[] {
  const stages = stageTargets(image);
  const last = stages.at(-1)?.name ?? binfmt.name;
  const others = rows.flatMap((row) => row(image as Image, last) ?? []);
  const defaults = others.filter((target) => target.kind === "files" && target.isDefault);
  const all: Target = {
    ...{ kind: "group", name: everything, needsRoot: false },
    brief: "Everything that a build of the image makes",
    after: defaults.map(({ name }) => name),
  };
  const targets = [binfmt, ...stages, ...others, all];
  checkTargets(image, targets);
  return targets;
}

/** A target that no image has to be known for, by name. */
export function hostTarget(name: string): HostTarget | undefined {
  return name === binfmt.name ? binfmt : undefined;
}

/** The targets that leave files, in order. */
export function fileTargets(image: TargetSource): FileTarget[] {
  return targetsOf(image).filter((target) => target.kind === "files");
}

/** One of an image's targets. Throws STEP_UNKNOWN for a name that is none. */
export function targetOf(image: TargetSource & Pick<Image, "name">, name: string): Target {
  const targets = targetsOf(image);
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  const known = targets.map((target) => target.name);
  throw new PibuildError("STEP_UNKNOWN", { image: image.name, step: name, known });
}

/** A target has the name that image.yaml writes; behind a symlink the stage itself may have another. */
function stageTargets({ stages, exportStages }: TargetSource): StageTarget[] {
  const names = [...stages, ...exportStages].map(({ path }) => basename(path));
  return names.map((name, index) => ({
    ...{ kind: "stage", name, needsRoot: true },
    brief: `The layers up to the end of ${name}`,
    after: [names[index - 1] ?? binfmt.name],
  }));
}
