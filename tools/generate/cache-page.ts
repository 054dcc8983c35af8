import { cacheKeys, cacheSecrets, cacheVariable, workspaceJsonSchema } from "@pibuild/config";
import { page, section } from "./page.ts";

interface Property {
  readonly description: string;
  readonly default?: unknown;
}

const { properties } = workspaceJsonSchema() as {
  properties: { cache: { properties: Record<string, Property> } };
};
const described = properties.cache.properties;

/** Milliseconds, which nobody writes. */
const shown = (key: string, value: unknown) =>
  key === "timeout" ? "30s" : Array.isArray(value) ? "" : String(value ?? "");

/** The reference page of \`cache:\`. */
export const cachePage = [
  page(
    "The shared cache",
    "The keys of `cache:` in `pibuild.yaml`, which lies in the workspace beside `apps/`. [A shared cache](../cache.md) tells what they are for. A variable wins over the file, and an empty one counts as not set; one that names a registry or a directory takes the place of either.",
    ["Key", "Variable", "Value", "Default", "What it does"],
    Object.entries(cacheKeys).map(([key, { expected }]) => {
      const { description, default: value } = described[key] ?? { description: "" };
      const text = shown(key, value);
      return [
        `\`${key}\``,
        `\`${cacheVariable(key)}\``,
        expected,
        text === "" ? "" : `\`${text}\``,
        description,
      ];
    }),
  ),
  section(
    "Secrets",
    "These stand in no file of a workspace, and in no log.",
    ["Variable", "Value"],
    Object.entries(cacheSecrets).map(([name, description]) => [`\`${name}\``, description]),
  ),
].join("");
