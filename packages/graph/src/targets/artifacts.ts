import { basename, join } from "node:path";
import { compressImage, writeBmap } from "@pibuild/artifacts";
import type { Image } from "@pibuild/config";
import { openDisk, usedRanges } from "@pibuild/partitioner";
import { readResult } from "./manifest.ts";
import { keysOf } from "./named-inputs.ts";
import { type FileTarget, fileMode } from "./target.ts";

/** The compressed disk, its checksum, and its block map. */
export function artifacts(): FileTarget {
  return {
    ...{ kind: "files", name: "artifacts", after: ["disk"], needsRoot: false, isDefault: true },
    brief: "The compressed image, its checksum and its block map",
    outputs: (image) => [xzName(image), `${xzName(image)}.sha256`, bmapName(image)],
    inputs: async ({ image, versions }) => ({
      ...keysOf("compression", image.compression),
      "tools/xz": await versions.of("xz"),
    }),
    async make({ image, context, output }, _layers, progress) {
      const disk = await readResult(output, "disk");
      const { sourceDateEpoch } = image;
      const [{ artifacts: compressed }, map] = await Promise.all([
        compressImage({
          ...{ image: disk.path, measured: disk, output: join(output, xzName(image)) },
          ...{ sourceDateEpoch, level: image.compression.level, exec: context.exec },
          mode: fileMode(image),
          onRead: (bytes) => progress(bytes, disk.bytes),
        }),
        writeMap(disk.path, join(output, bmapName(image)), sourceDateEpoch),
      ]);
      return [...compressed, map].map((file) => ({ ...file, path: basename(file.path) }));
    },
  };
}

function xzName({ fileName }: Pick<Image, "fileName">): string {
  return `${fileName}.img.xz`;
}

function bmapName({ fileName }: Pick<Image, "fileName">): string {
  return `${fileName}.bmap`;
}

/** What of the image has to be written to a card. */
async function writeMap(image: string, output: string, sourceDateEpoch: number) {
  await using disk = await openDisk(image);
  return await writeBmap({ image, ranges: await usedRanges(disk), output, sourceDateEpoch });
}
