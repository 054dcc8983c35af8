import type { Release } from "../release.ts";
import type { JsonSchema } from "./json-schema.ts";

/** cloud-init's own schema of `#cloud-config`, as Debian's package of a release has it. */
const published: Record<Release, () => Promise<{ readonly default: unknown }>> = {
  bookworm: () => import("./schemas/bookworm.json", { with: { type: "json" } }),
  trixie: () => import("./schemas/trixie.json", { with: { type: "json" } }),
};

/**
 * Keys that the schema of one release or of both leaves out: those of cloud-init's core, which no module
 * reads, and those of Raspberry Pi's cloud-init.
 */
const besides =
  `allow_userdata datasource datasource_list enable_ssh launch-index merge_how merge_type
  network output rpi system_info vendor_data vendor_data2`.split(/\s+/);

/** cloud-init passes over a mode that it cannot read, and takes another. */
const modes: JsonSchema = {
  properties: {
    write_files: {
      items: {
        properties: {
          permissions: {
            pattern: "^(?:0o?)?[0-7]{3,4}$",
            description: 'An octal mode in quotes, such as "0644".',
          },
        },
      },
    },
  },
};

/**
 * The schema for a text with some keys. A key that none of cloud-init's modules knows is an error, so that
 * a typo does not go unnoticed; modules that the text does not speak of are left out, since to compile
 * all of them takes half a second.
 */
export async function cloudConfigSchema(
  release: Release,
  used: readonly string[],
): Promise<JsonSchema> {
  const { $schema: _, ...schema } = (await published[release]()).default as JsonSchema;
  const $defs = withDashes(schema.$defs ?? {});
  const modules = (schema.allOf ?? []).map((module) => ({
    module,
    keys: Object.keys($defs[module.$ref?.replace("#/$defs/", "") ?? ""]?.properties ?? {}),
  }));
  const keys = [...modules.flatMap((each) => each.keys), ...besides];
  return {
    $defs,
    allOf: [
      ...modules
        .filter((each) => each.keys.some((key) => used.includes(key)))
        .map((each) => each.module),
      modes,
    ],
    properties: { ...Object.fromEntries(keys.map((key) => [key, {}])), ...schema.properties },
    additionalProperties: false,
  };
}

/** A user's keys may have `-` for `_` (cloudinit/distros/ug_util.py); bookworm's schema has few of them so. */
function withDashes($defs: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  const user = "users_groups.user";
  const known = $defs[user]?.properties ?? {};
  const dashed = Object.entries(known).map(([key, schema]) => [
    key.replaceAll("_", "-"),
    { ...schema, deprecated: true },
  ]);
  return {
    ...$defs,
    [user]: { ...$defs[user], properties: { ...Object.fromEntries(dashed), ...known } },
  };
}
