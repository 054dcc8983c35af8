import { z } from "zod";
import { imageSchema } from "./schema.ts";
import { workspaceSchema } from "./workspace/cache-keys.ts";

/** The JSON Schema of image.yaml, from the same rows as its checks: editors complete by it. */
export function imageJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(imageSchema, { io: "input" });
  return {
    $schema,
    $id: "urn:pibuild:schema:image",
    title: "A Raspberry Pi image (pibuild image.yaml)",
    ...schema,
  };
}

/** The JSON Schema of pibuild.yaml. */
export function workspaceJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(workspaceSchema, { io: "input" });
  return {
    $schema,
    $id: "urn:pibuild:schema:workspace",
    title: "A workspace of images (pibuild pibuild.yaml)",
    ...schema,
  };
}
