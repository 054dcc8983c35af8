import { buildRouteMap } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { apply } from "./apply.ts";
import { build } from "./build.ts";
import { delta } from "./delta.ts";
import { inspect } from "./inspect.ts";
import { sign } from "./sign.ts";
import { verify } from "./verify.ts";

export const payload = buildRouteMap<string, CliContext>({
  routes: { build, sign, inspect, verify, delta, apply },
  docs: { brief: "Field updates: build, sign, inspect, verify, shrink and apply `.kn86fw` files" },
});
