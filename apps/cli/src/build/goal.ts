import { basename, join } from "node:path";
import { type Artifact, measure } from "@pibuild/artifacts";
import {
  collectedName,
  finalTargets,
  type OpenImage,
  planImage,
  readManifest,
  targetNames,
  untilVariable,
  upstreamStages,
  upstreamTarget,
} from "@pibuild/pigen-runner";
import { unknownTarget } from "../commands/common-parameters.ts";
import { refuseOtherDisk, refuseOtherExport, refuseSkip } from "./refuse-upstream.ts";

/** What a build is to bring up to date, and how it is asked whether that is so already. */
export interface Goal {
  readonly target: string;
  readonly isFresh: () => Promise<boolean>;
  /** What the target's process needs to know besides. */
  readonly env: Readonly<Record<string, string>>;
  /** The finished files once it is reached, for a goal that has some to hand out. */
  readonly files?: () => Promise<readonly Artifact[]>;
}

/** A target of the layered runner; by default the compressed image. Throws USAGE for an unknown one. */
export function layeredGoal(open: OpenImage, target = "artifacts"): Goal {
  const known = targetNames(open.image);
  if (!known.includes(target)) throw unknownTarget(open.image.name, target, known);
  const isFresh = async () => {
    const final = finalTargets.find((name) => name === target);
    if (final === undefined) return false;
    const plan = await planImage(open);
    if (final === "artifacts") return plan.fresh;
    return final === "payload" ? plan.disk && plan.payload : plan.disk;
  };
  const files = async () => {
    const made = open.image.payload === undefined ? [target] : [target, "payload"];
    const manifests = await Promise.all(made.map((name) => readManifest(open.output, name)));
    return manifests
      .flatMap((manifest) => manifest?.files ?? [])
      .map((file) => ({ ...file, path: join(open.output, file.path) }));
  };
  return { target, isFresh, env: {}, ...(target === "artifacts" ? { files } : {}) };
}

/** All that build.sh does, or what it does up to the end of a stage. It always begins anew. */
export function upstreamGoal(open: OpenImage, stage?: string): Goal {
  const known = upstreamStages(open.image).map(({ path }) => basename(path));
  if (stage !== undefined && !known.includes(stage)) {
    throw unknownTarget(open.image.name, stage, known);
  }
  if (stage === undefined) refuseOtherDisk(open.image);
  refuseSkip(open.image);
  if (stage === undefined) refuseOtherExport(open.image);
  const env = { [untilVariable]: stage ?? "" };
  const files = async () => {
    const collected = join(open.output, upstreamTarget, collectedName(open.image));
    return Promise.all([collected, `${collected}.sha256`].map(measure));
  };
  const common = { target: upstreamTarget, isFresh: async () => false, env };
  return stage === undefined ? { ...common, files } : common;
}
