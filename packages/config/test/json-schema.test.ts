import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { imageJsonSchema } from "../src/json-schema.ts";
import { secretFileKey, secretNames, settingNames, settings } from "../src/settings.ts";

interface Schema {
  properties: Record<string, Schema & { description?: string }>;
  required?: string[];
  additionalProperties?: unknown;
  anyOf?: { type?: string; pattern?: string; enum?: unknown[] }[];
}

const schema = imageJsonSchema() as unknown as Schema & Record<string, unknown>;

test("it is a closed JSON Schema with a name", () => {
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:pibuild:schema:image",
    type: "object",
    required: ["stages"],
    additionalProperties: false,
  });
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
});

test("every setting that can be set is there, with words", () => {
  const known = schema.properties.settings?.properties ?? {};
  const settable = settingNames.filter((name) => settings[name].derivedFrom === undefined);
  const files = secretNames.map(secretFileKey);
  expect(Object.keys(known).sort()).toEqual([...settable, ...files].sort());
  for (const name of settable) {
    expect(known[name]?.description, name).toContain(settings[name].description);
  }
});

test("every key has words", () => {
  for (const [name, property] of Object.entries(schema.properties)) {
    expect(property.description, name).toMatch(/\.$/);
  }
});

test("the shipped image.yaml uses nothing else, and what is required", async () => {
  const file = join(import.meta.dirname, "../../../apps/debian-lite/image.yaml");
  const image = parse(await readFile(file, "utf8")) as Record<string, Record<string, unknown>>;
  for (const key of schema.required ?? []) expect(image).toHaveProperty(key);
  for (const [key, value] of Object.entries(image)) {
    expect(Object.keys(schema.properties)).toContain(key);
    const nested = schema.properties[key]?.properties;
    if (nested === undefined) continue;
    for (const inner of Object.keys(value)) expect(Object.keys(nested)).toContain(inner);
  }
});

test("defaults satisfy their own rows", async () => {
  const { valueSchema } = await import("../src/setting-row.ts");
  for (const name of settingNames) {
    const row = settings[name];
    expect(valueSchema(row).safeParse(row.default).success, name).toBe(true);
  }
});
