import { basename, join } from "node:path";
import { type Artifact, measure } from "@pibuild/artifacts";
import { upstreamStages } from "@pibuild/config";
import {
  collectedName,
  deployName,
  everything,
  fileTargets,
  type OpenImage,
  planImage,
  readManifest,
  targetsOf,
  untilVariable,
  upstreamTarget,
} from "@pibuild/graph";
import { unknownTarget } from "../failure/unknown-target.ts";
import { refuseOtherDisk, refuseOtherExport, refuseSkip } from "./refuse-upstream.ts";

/** What a build is to bring up to date, and how it is asked whether that is so already. */
export interface Goal {
  readonly target: string;
  readonly isFresh: () => Promise<boolean>;
  /** What the target's process needs to know besides. */
  readonly env: Readonly<Record<string, string>>;
  /** The finished files once it is reached, for a goal that has some to hand out. */
  readonly files?: () => Promise<readonly Artifact[]>;
  /** A directory of more of them, to be handed out as one; it need not be there. */
  readonly tree?: string;
}

/** A target of the layered runner; by default all that a build makes. Throws USAGE for an unknown one. */
export function layeredGoal(open: OpenImage, asked: string = everything): Goal {
  const targets = targetsOf(open.image);
  const target = targets.find(({ name }) => name === asked);
  if (target === undefined || target.kind === "host" || target.kind === "once") {
    const known = targets.filter(({ kind }) => kind === "stage" || kind === "files");
    throw unknownTarget(open.image.name, asked, [...known.map(({ name }) => name), everything]);
  }
  const isFresh = async () =>
    target.kind !== "stage" && (await planImage(open)).targets.get(asked)?.fresh === true;
  const made = fileTargets(open.image).filter(
    ({ name, isDefault }) => isDefault && (name === asked || target.after.includes(name)),
  );
  const files = async () => {
    const manifests = await Promise.all(made.map(({ name }) => readManifest(open.output, name)));
    return manifests
      .flatMap((manifest) => manifest?.files ?? [])
      .map((file) => ({ ...file, path: join(open.output, file.path) }));
  };
  return {
    ...{ target: asked, isFresh, env: {} },
    ...(made.length > 0 ? { files } : {}),
    ...(asked === everything ? { tree: join(open.output, deployName) } : {}),
  };
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
