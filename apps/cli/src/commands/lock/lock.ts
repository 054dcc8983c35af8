import { buildRouteMap } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { check, diff } from "./diff.ts";
import { exportLock } from "./export.ts";
import { write } from "./write.ts";

export const lock = buildRouteMap<"write" | "check" | "diff" | "export", CliContext>({
  routes: { write, check, diff, export: exportLock },
  defaultCommand: "write",
  docs: { brief: "Lock an image's packages: `pibuild lock <image>`" },
});
