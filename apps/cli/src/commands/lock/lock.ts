import { buildRouteMap } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { exportLock } from "./export.ts";
import { check, diff, write } from "./write.ts";

export const lock = buildRouteMap<"write" | "check" | "diff" | "export", CliContext>({
  routes: { write, check, diff, export: exportLock },
  defaultCommand: "write",
  docs: { brief: "The packages that an image is held to: `pibuild lock <image>` writes them down" },
});
