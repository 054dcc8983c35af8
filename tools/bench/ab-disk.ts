import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { assembleDisk } from "@pibuild/partitioner";
import { abPlan, abSeed } from "./ab-trees.ts";

/** Assembles the disk that `ab.ts` measures: `node ab-disk.ts DIRECTORY BYTES-OF-A-ROOT`. */
const [directory = "", rootBytes] = process.argv.slice(2);
const { layout, sizes } = abPlan(Number(rootBytes));
await assembleDisk({
  ...{ layout, sizes, seed: abSeed },
  sources: {
    common: join(directory, "common"),
    "boot-a": join(directory, "boot"),
    "root-a": join(directory, "root"),
  },
  output: join(directory, "disk.img"),
  sourceDateEpoch: 1_700_000_000,
  exec: createExec(),
  scratch: directory,
});
