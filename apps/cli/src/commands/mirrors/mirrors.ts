import { buildRouteMap } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { render } from "./render.ts";
import { serve } from "./serve.ts";
import { status, test } from "./status.ts";

export const mirrors = buildRouteMap<"status" | "test" | "serve" | "render", CliContext>({
  routes: { status, test, serve, render },
  docs: { brief: "The mirrors that an image's packages come from" },
});
