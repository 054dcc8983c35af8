import { basename, join } from "node:path";
import { type Artifact, measure } from "@pibuild/artifacts";
import { upstreamStages } from "@pibuild/config";
import {
  collectedName,
  deployName,
  everything,
  type FileTarget,
  type OpenImage,
  planImage,
  readManifest,
  stepsUntil,
  type Target,
  targetsOf,
  untilVariable,
  upstreamTarget,
} from "@pibuild/graph";
import { unknownTarget } from "../failure/unknown-target.ts";
import {
  refuseNetwork,
  refuseOtherDisk,
  refuseOtherExport,
  refuseSkip,
} from "./refuse-upstream.ts";

/** What is to be done for a goal. */
export interface Outlook {
  readonly fresh: boolean;
  /** How many steps belong to it. */
  readonly steps: number;
  /** How many of them need not run, as far as it is known before; undefined where all run. */
  readonly cached?: number;
}

/** What a build is to bring up to date, and how it is asked whether that is so already. */
export interface Goal {
  readonly target: string;
  readonly look: () => Promise<Outlook>;
  /** What the target's process needs to know besides. */
  readonly env: Readonly<Record<string, string>>;
  /** All files that belong to it, once it is reached. */
  readonly results: () => Promise<readonly Artifact[]>;
  /** Those of them that are handed out, for a goal that has some. */
  readonly files?: () => Promise<readonly Artifact[]>;
  /** A directory of more of them, to be handed out as one; it need not be there. */
  readonly tree?: { readonly path: string; readonly files: () => Promise<readonly Artifact[]> };
}

/** A target of the layered runner; by default all that a build makes. Throws USAGE for an unknown one. */
export function layeredGoal(open: OpenImage, asked: string = everything): Goal {
  const targets = targetsOf(open.image);
  const target = targets.find(({ name }) => name === asked);
  if (target === undefined || target.kind === "host" || target.kind === "once") {
    const known = targets.filter(({ kind }) => kind === "stage" || kind === "files");
    throw unknownTarget(open.image.name, asked, [...known.map(({ name }) => name), everything]);
  }
  const look = async () => {
    const plan = await planImage(open);
    const steps = target.kind === "stage" ? stepsUntil(open, asked) : open.steps;
    const cached = plan.steps.slice(0, steps.length).filter(({ record }) => record !== undefined);
    // A stage's task is cheap, and makes its layers this image's own.
    const fresh = target.kind !== "stage" && plan.targets.get(asked)?.fresh === true;
    return { fresh, steps: steps.length, cached: cached.length };
  };
  const belonging = withAllBefore(targets, asked).filter((each) => each.kind === "files");
  const handed = belonging.filter(
    ({ name, isDefault }) => isDefault && (name === asked || target.after.includes(name)),
  );
  const plain = handed.filter(({ isTree }) => !isTree);
  const trees = handed.filter(({ isTree }) => isTree);
  const tree = { path: join(open.output, deployName), files: () => filesOf(open, trees) };
  return {
    ...{ target: asked, look, env: {} },
    results: () => filesOf(open, belonging),
    ...(handed.length > 0 ? { files: () => filesOf(open, plain) } : {}),
    ...(trees.length > 0 ? { tree } : {}),
  };
}

/** A target, and all that it needs. */
function withAllBefore(targets: readonly Target[], asked: string): Target[] {
  const wanted = new Set([asked]);
  for (const { name, after } of targets.toReversed())
    if (wanted.has(name)) for (const earlier of after) wanted.add(earlier);
  return targets.filter(({ name }) => wanted.has(name));
}

async function filesOf({ output }: OpenImage, targets: readonly FileTarget[]) {
  const manifests = await Promise.all(targets.map(({ name }) => readManifest(output, name)));
  return manifests
    .flatMap((manifest) => manifest?.files ?? [])
    .map((file) => ({ ...file, path: join(output, file.path) }));
}

/** All that build.sh does, or what it does up to the end of a stage. It always begins anew. */
export function upstreamGoal(open: OpenImage, stage?: string): Goal {
  const known = upstreamStages(open.image).map(({ path }) => basename(path));
  if (stage !== undefined && !known.includes(stage)) {
    throw unknownTarget(open.image.name, stage, known);
  }
  if (stage === undefined) refuseOtherDisk(open.image);
  refuseSkip(open.image);
  refuseNetwork(open.image);
  if (stage === undefined) refuseOtherExport(open.image);
  const env = { [untilVariable]: stage ?? "" };
  const files = async () => {
    const collected = join(open.output, upstreamTarget, collectedName(open.image));
    return Promise.all([collected, `${collected}.sha256`].map(measure));
  };
  // What it makes is always new, and told by its events.
  const results = async () => [];
  const look = async () => ({ fresh: false, steps: open.steps.length });
  const common = { target: upstreamTarget, look, results, env };
  return stage === undefined ? { ...common, files } : common;
}
