import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { cmdlineForm } from "@pibuild/kn86fw";
import { type DiskPlan, layouts, partuuids, planDisk } from "@pibuild/partitioner";

export const abSeed = "bench";
const layout = layouts.ab6;
const MiB = 1024 ** 2;

/** The layout with a fixed size for the root filesystems, and where everything goes. */
export function abPlan(rootBytes: number): {
  readonly layout: typeof layouts.ab6;
  readonly sizes: { readonly "root-a": number };
  readonly plan: DiskPlan;
} {
  const sizes = { "root-a": rootBytes } as const;
  return { layout, sizes, plan: planDisk(layout, { sizes }) };
}

/** The root= of a slot. */
export function abRoot(slot: "root-a" | "root-b"): string {
  return partuuids(layout, abSeed)[slot];
}

/**
 * Copies a root filesystem to `root` below a directory, and what its boot partition holds to `boot`;
 * `common` has next to nothing. Returns the bytes that a partition for the root needs.
 */
export async function makeAbTrees(exec: Exec, tree: string, directory: string): Promise<number> {
  const at = (name: string) => join(directory, name);
  await exec.run({ program: "cp", args: ["--archive", tree, at("root")] });
  await mkdir(at("boot"));
  // Kernel and initramfs; FAT has no links.
  const copy = 'cp --dereference --recursive "$1"/boot/* "$2" && rm -rf "$1"/boot "$2"/firmware';
  await exec.run({ program: "bash", args: ["-c", copy, "bash", at("root"), at("boot")] });
  await writeFile(
    join(at("boot"), "cmdline.txt"),
    cmdlineForm(`root=PARTUUID=${abRoot("root-a")}`),
  );
  await mkdir(at("common"));
  await writeFile(join(at("common"), "config.txt"), "");
  for (const { mountPoint } of layout.partitions) {
    if (mountPoint !== undefined) await mkdir(join(at("root"), mountPoint), { recursive: true });
  }
  const { stdout } = await exec.run({
    program: "bash",
    args: ["-c", 'du -s --block-size=1M "$1"', "bash", at("root")],
  });
  return Math.ceil(Number.parseInt(stdout, 10) * 0.3 + 50) * 4 * MiB;
}
