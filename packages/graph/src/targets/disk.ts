import { utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Image } from "@pibuild/config";
import { canonicalJson, sha256 } from "@pibuild/core";
import { allocatedAttribute } from "@pibuild/layers";
import { assembleDisk, layouts } from "@pibuild/partitioner";
import { diskLayout, diskSizes } from "../disk/disk-layout.ts";
import { diskNotices } from "../notices/disk-notices.ts";
import { piGenWord } from "../open/used-pi-gen.ts";
import { mountSources } from "./disk-sources.ts";
import { keysOf } from "./named-inputs.ts";
import { type FileTarget, fileMode } from "./target.ts";
import { verifyBoot } from "./verify-boot.ts";
import { verifyKernel } from "./verify-kernel.ts";

/** The disk, assembled from the layers. */
export function disk(_image: Image, lastStage: string): FileTarget {
  const nameOf = ({ fileName }: Pick<Image, "fileName">) => `${fileName}.img`;
  return {
    ...{ kind: "files", name: "disk", after: [lastStage], needsRoot: true, isDefault: false },
    brief: "The disk image, not compressed",
    outputs: (image) => [nameOf(image)],
    inputs: async ({ image, versions, kernelVersion, piGen }) => ({
      ...keysOf("disk", image.disk),
      // What image.yaml cannot say: it changes with pibuild itself.
      layout: sha256(canonicalJson(layouts[image.disk.layout])),
      "settings/IMG_NAME": image.fileName,
      // It is verified when the disk is made, so another one asks for that again.
      ...(kernelVersion === undefined ? {} : { KERNEL_VERSION: kernelVersion }),
      // The manifest says it, and has to say what is so.
      ...(piGen === undefined ? {} : { "pi-gen": piGenWord(piGen) }),
      sourceDateEpoch: String(image.sourceDateEpoch),
      "tools/mke2fs": await versions.of("mke2fs"),
      "tools/mkfs.vfat": await versions.of("mkfs.vfat"),
      "tools/mtools": await versions.of("mcopy"),
    }),
    async make(open, layers) {
      const { image, context, output } = open;
      const { exec, emit } = context;
      const name = nameOf(image);
      const path = join(output, name);
      await using run = await context.scratch.openRun();
      const sources = await mountSources(open, layers, run.path);
      await verifyKernel(sources.tree, open.kernelVersion);
      await verifyBoot(sources.boot, image);
      for (const notice of await diskNotices(image, sources))
        emit({ type: "notice", level: "warning", ...notice });
      const { seed, size: diskBytes, board, populateBoth } = image.disk;
      const { sourceDateEpoch } = image;
      const { bytes, sha256: digest } = await assembleDisk({
        ...{ layout: diskLayout(image.disk), sizes: diskSizes(image.disk), diskBytes, board },
        ...{ sources: sources.byRole, populateBoth, seed, sourceDateEpoch },
        ...{ output: path, mode: fileMode(image), exec, scratch: run.path },
        allocated: allocatedAttribute,
      });
      await utimes(path, sourceDateEpoch, sourceDateEpoch);
      return [{ path: name, bytes, sha256: digest }];
    },
  };
}
