import { imageJsonSchema, workspaceJsonSchema } from "@pibuild/config";
import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../context.ts";

const schema = buildCommand<{ readonly workspace: boolean }, [], CliContext>({
  docs: { brief: "Print the JSON Schema of image.yaml, for editors" },
  parameters: {
    flags: {
      workspace: { kind: "boolean", brief: "That of pibuild.yaml instead", default: false },
    },
  },
  async func(this: CliContext, { workspace }) {
    const wanted = workspace ? workspaceJsonSchema() : imageJsonSchema();
    this.json(wanted);
  },
});

export const config = buildRouteMap<"schema", CliContext>({
  routes: { schema },
  docs: { brief: "What image.yaml and pibuild.yaml may hold" },
});
