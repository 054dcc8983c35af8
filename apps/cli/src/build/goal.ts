import { basename } from "node:path";
import {
  type OpenImage,
  planImage,
  targetNames,
  untilVariable,
  upstreamTarget,
} from "@pibuild/pigen-runner";
import { unknownTarget } from "../commands/common-parameters.ts";

/** What a build is to bring up to date, and how it is asked whether that is so already. */
export interface Goal {
  readonly target: string;
  readonly isFresh: () => Promise<boolean>;
  /** What the target's process needs to know besides. */
  readonly env: Readonly<Record<string, string>>;
}

/** A target of the layered runner; by default the compressed image. Throws USAGE for an unknown one. */
export function layeredGoal(open: OpenImage, target = "artifacts"): Goal {
  const known = targetNames(open.image);
  if (!known.includes(target)) throw unknownTarget(open.image.name, target, known);
  const isFresh = async () => {
    if (target !== "artifacts" && target !== "disk") return false;
    const plan = await planImage(open);
    return target === "artifacts" ? plan.fresh : plan.disk;
  };
  return { target, isFresh, env: {} };
}

/** All that build.sh does, or what it does up to the end of a stage. It always begins anew. */
export function upstreamGoal(open: OpenImage, stage?: string): Goal {
  const known = open.image.stages.map(({ path }) => basename(path));
  if (stage !== undefined && !known.includes(stage)) {
    throw unknownTarget(open.image.name, stage, known);
  }
  const env = { [untilVariable]: stage ?? "" };
  return { target: upstreamTarget, isFresh: async () => false, env };
}
