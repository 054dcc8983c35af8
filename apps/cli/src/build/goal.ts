import { basename, join } from "node:path";
import { type Artifact, measure } from "@pibuild/artifacts";
import { PibuildError } from "@pibuild/core";
import {
  collectedName,
  finalTargets,
  type OpenImage,
  planImage,
  readManifest,
  targetNames,
  untilVariable,
  upstreamTarget,
} from "@pibuild/graph";
import { unknownTarget } from "../failure/unknown-target.ts";

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
  const known = open.image.stages.map(({ path }) => basename(path));
  if (stage !== undefined && !known.includes(stage)) {
    throw unknownTarget(open.image.name, stage, known);
  }
  if (stage === undefined) refuseOtherDisk(open.image);
  const { name, skip, exportStages } = open.image;
  const own = exportStages.some(({ isDefault }) => isDefault !== true) && stage === undefined;
  for (const key of [skip.length > 0 ? "skip" : undefined, own ? "export" : undefined]) {
    if (key === undefined) continue;
    const message = `pi-gen's build.sh knows no \`${key}\` of image.yaml, which \`${name}\` has; leave \`--runner upstream\` out`;
    throw new PibuildError("USAGE", { message });
  }
  const env = { [untilVariable]: stage ?? "" };
  const files = async () => {
    const collected = join(open.output, upstreamTarget, collectedName(open.image));
    return Promise.all([collected, `${collected}.sha256`].map(measure));
  };
  const common = { target: upstreamTarget, isFresh: async () => false, env };
  return stage === undefined ? { ...common, files } : common;
}

/** build.sh knows one disk: two partitions in an MBR, as large as they come. Throws USAGE for another. */
function refuseOtherDisk({ name, disk, sizesAt }: OpenImage["image"]): void {
  const asked =
    disk.layout !== "standard"
      ? `\`layout: ${disk.layout}\``
      : disk.table !== "mbr"
        ? `\`table: ${disk.table}\``
        : Object.keys(sizesAt).map((key) => `\`${key}\``)[0];
  if (asked === undefined) return;
  const message = `pi-gen's build.sh cannot make the disk of \`${name}\` (${asked}): it makes two partitions in an MBR, of its own sizes; leave \`--runner upstream\` out`;
  throw new PibuildError("USAGE", { message });
}
