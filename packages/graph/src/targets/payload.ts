import { stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Image } from "@pibuild/config";
import { syncedSha256 } from "@pibuild/core";
import { buildPayload } from "@pibuild/kn86fw";
import {
  layoutDigest,
  openDisk,
  partitionOf,
  readSlotCmdline,
  slotsOf,
} from "@pibuild/partitioner";
import { abPlan } from "../disk/disk-layout.ts";
import { readResult } from "./manifest.ts";
import { keysOf } from "./named-inputs.ts";
import { type FileTarget, fileMode } from "./target.ts";

/** The field update of an image with slots that asks for one: the disk's first slot, without signatures. */
export function payload({ payload: config }: Pick<Image, "payload">): FileTarget | undefined {
  if (config === undefined) return undefined;
  const nameOf = ({ fileName }: Pick<Image, "fileName">) => `${fileName}.kn86fw`;
  return {
    ...{ kind: "files", name: "payload", after: ["disk"], needsRoot: false, isDefault: true },
    brief: "The field update for boards that run the image, not signed yet",
    outputs: (image) => [nameOf(image)],
    inputs: async () => ({
      ...keysOf("payload", config),
      "tools/zstd": process.versions.zstd ?? "",
    }),
    async make({ image, output }) {
      const disk = await readResult(output, "disk");
      const path = join(output, nameOf(image));
      await writePayload({ image, disk: disk.path, path, payload: config });
      await utimes(path, image.sourceDateEpoch, image.sourceDateEpoch);
      const { size: bytes } = await stat(path);
      return [{ path: nameOf(image), bytes, sha256: await syncedSha256(path) }];
    },
  };
}

interface PayloadParts {
  readonly image: Image;
  /** The assembled disk. */
  readonly disk: string;
  readonly path: string;
  readonly payload: NonNullable<Image["payload"]>;
}

/** The partitions of slot A are read where they are, in the image of the disk. */
async function writePayload({ image, disk, path, payload }: PayloadParts): Promise<void> {
  const plan = abPlan(image.disk);
  const { a } = slotsOf(plan.layout);
  const region = (role: string) => {
    const { startBytes, sizeBytes } = partitionOf(plan, role);
    return { path: disk, offset: startBytes, size: sizeBytes };
  };
  await using reader = await openDisk(disk);
  const { offsetBytes, ...forms } = await readSlotCmdline(reader, plan, image.disk.seed);
  const { compatible, version, securityEpoch, boards, level } = payload;
  await buildPayload({
    output: path,
    description: {
      compatible,
      version,
      securityEpoch,
      boards,
      layout: layoutDigest(plan),
      createdAt: image.sourceDateEpoch,
    },
    boot: region(a.boot),
    root: region(a.root),
    cmdline: { offset: offsetBytes, ...forms },
    level,
    mode: fileMode(image),
  });
}
