import { buildRouteMap } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { serve } from "./serve.ts";
import { status, test } from "./status.ts";

export const mirrors = buildRouteMap<"status" | "test" | "serve", CliContext>({
  routes: { status, test, serve },
  docs: { brief: "The mirrors that an image's packages come from" },
});
