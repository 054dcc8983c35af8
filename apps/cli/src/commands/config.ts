import { imageJsonSchema } from "@pibuild/config";
import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../context.ts";

const schema = buildCommand<Record<never, never>, [], CliContext>({
  docs: { brief: "Print the JSON Schema of image.yaml, for editors" },
  parameters: {},
  async func(this: CliContext) {
    this.json(imageJsonSchema());
  },
});

export const config = buildRouteMap<"schema", CliContext>({
  routes: { schema },
  docs: { brief: "What image.yaml may hold" },
});
