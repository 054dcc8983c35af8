import { buildRouteMap } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { gc } from "./gc.ts";
import { key } from "./key.ts";
import { prune } from "./prune.ts";
import { pull } from "./pull.ts";
import { push } from "./push.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";

export const cache = buildRouteMap<string, CliContext>({
  routes: { status, push, pull, prune, gc, serve, key },
  docs: { brief: "The remote cache: show, send, fetch, clean up" },
});
