import { buildRouteMap } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { exportLock } from "./export.ts";
import { check, diff, write } from "./write.ts";

export const lock = buildRouteMap<"write" | "check" | "diff" | "export", CliContext>({
  routes: { write, check, diff, export: exportLock },
  defaultCommand: "write",
  docs: { brief: "Lock an image's packages: `pibuild lock <image>`" },
});
