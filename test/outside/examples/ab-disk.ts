import { writeFile } from "node:fs/promises";
import { createExec } from "@pibuild/core";
import { type AssembledDisk, assembleDisk, layouts, partuuids } from "@pibuild/partitioner";

// Two systems side by side, made from directories, as any user.
const MiB = 1024 * 1024;
const layout = layouts.ab6;
const seed = "my-device";
const cmdline = `root=PARTUUID=${partuuids(layout, seed)["root-a"]} rootwait`;
// It fills one sector, so that an update replaces it by one write.
await writeFile("bootfs/cmdline.txt", `${cmdline.padEnd(511)}\n`);
const disk: AssembledDisk<(typeof layout.partitions)[number]["role"]> = await assembleDisk({
  layout,
  seed,
  sources: { common: "common", "boot-a": "bootfs", "root-a": "rootfs" },
  sizes: { common: 64 * MiB, "boot-a": 64 * MiB, "root-a": 32 * MiB, shared: 16 * MiB },
  output: "disk.img",
  sourceDateEpoch: 1_767_225_600,
  scratch: ".",
  exec: createExec(),
});
console.log(disk.plan.partitions.map(({ spec }) => spec.role).join(" "));
