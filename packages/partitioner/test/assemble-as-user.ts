import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { assembleDisk, layouts } from "../src/index.ts";
import { epoch, MiB } from "./rig.ts";

/** Run by a test under another user: assembles the rig given as argument into its `user/`. */
const path = process.argv[2] ?? "";
await assembleDisk({
  layout: layouts.standard,
  sources: { root: join(path, "root"), boot: join(path, "boot") },
  output: join(path, "user/disk.img"),
  seed: "test",
  sourceDateEpoch: epoch,
  exec: createExec(),
  scratch: join(path, "user"),
  sizes: { boot: 64 * MiB, root: 64 * MiB },
});
