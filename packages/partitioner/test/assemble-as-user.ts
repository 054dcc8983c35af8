import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { assembleDisk } from "../src/disk/assemble-disk.ts";
import { layouts } from "../src/layout/layouts.ts";
import { abSizes, abSources } from "./ab-rig.ts";
import { epoch, MiB } from "./rig.ts";

/** Run by a test under another user: assembles the rig given as argument into its `user/`. */
const [path = "", name] = process.argv.slice(2);
const common = {
  output: join(path, "user/disk.img"),
  sourceDateEpoch: epoch,
  exec: createExec(),
  scratch: join(path, "user"),
};
if (name === "ab6") {
  await assembleDisk({
    ...{ ...common, layout: layouts.ab6, seed: "ab", populateBoth: true },
    ...{ sources: abSources(path), sizes: abSizes },
  });
} else {
  await assembleDisk({
    ...{ ...common, layout: layouts.standard, seed: "test" },
    sources: { root: join(path, "root"), boot: join(path, "boot") },
    sizes: { boot: 64 * MiB, root: 64 * MiB },
  });
}
