import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TableKind } from "@pibuild/pi-boot";
import { type AssembleOptions, assembleDisk } from "../src/disk/assemble-disk.ts";
import { partuuids } from "../src/ids/partuuids.ts";
import type { Layout } from "../src/layout/layout.ts";
import { layouts } from "../src/layout/layouts.ts";
import { createRig, epoch, exec, MiB } from "./rig.ts";

export type AbRole = (typeof layouts.ab6.partitions)[number]["role"];
export const abSeed = "ab";

/** The layout with another kind of table. */
export function abLayout(table: TableKind): Layout<AbRole> {
  return { ...layouts.ab6, table };
}

export const abSizes = {
  ...{ "boot-a": 48 * MiB, common: 40 * MiB, "root-a": 32 * MiB, shared: 16 * MiB },
};

/** The trees below a rig. */
export function abSources(path: string) {
  return {
    common: join(path, "common"),
    "boot-a": join(path, "boot"),
    "root-a": join(path, "root"),
  };
}

/** A slot's command line as stages write it: 512 bytes, the root named by its PARTUUID. */
export function cmdline(layout: Layout<AbRole>): string {
  const text = `console=tty1 root=PARTUUID=${partuuids(layout, abSeed)["root-a"]} rootwait`;
  return `${text.padEnd(511)}\n`;
}

/** Trees for a small A/B disk: the least that a slot's boot and root partition need. */
export async function createAbRig(table: TableKind = "gpt-hybrid") {
  const rig = await createRig();
  const layout = abLayout(table);
  const common = join(rig.path, "common");
  await mkdir(common);
  await rig.shell("mkdir -p root/boot/common root/home/shared");
  await rig.write({
    "boot/cmdline.txt": cmdline(layout),
    "boot/config.txt": "arm_64bit=1\n",
    "boot/overlays/one.dtbo": "x".repeat(3000),
    "common/bootcode.bin": "b".repeat(52_624),
    "root/etc/fstab": "PARTLABEL=shared /home/shared ext4 defaults 0 2\n",
    "root/usr/bin/tool": "tool".repeat(100_000),
  });
  await rig.shell("find root boot common -exec touch -h -d @1600000000 {} +");
  return {
    ...rig,
    common,
    layout,
    assemble: (options: Partial<AssembleOptions<AbRole>> = {}) =>
      assembleDisk<AbRole>({
        layout,
        sources: abSources(rig.path),
        output: rig.output,
        seed: abSeed,
        sourceDateEpoch: epoch,
        exec,
        scratch: rig.path,
        sizes: abSizes,
        ...options,
      }),
    /** Writes one partition into a file of its own, for programs that cannot look into a disk. */
    async extract(startBytes: number, sizeBytes: number): Promise<string> {
      const path = join(rig.path, "partition.img");
      const disk = await readFile(rig.output);
      await writeFile(path, disk.subarray(startBytes, startBytes + sizeBytes));
      return path;
    },
  };
}
