import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "@pibuild/core";
import { expect, onTestFinished, test } from "vitest";
import { cacheKeys, cacheVariable, loadCacheConfig, workspaceJsonSchema } from "../src/index.ts";

const key = `ed25519:${Buffer.alloc(32, 1).toString("base64")}`;
const other = `ed25519:${Buffer.alloc(32, 2).toString("base64")}`;

async function load(text: string | undefined, env: Record<string, string> = {}) {
  const workspace = await mkdtemp(join(tmpdir(), "pibuild workspace-"));
  onTestFinished(() => removeTree(workspace));
  if (text !== undefined) await writeFile(join(workspace, "pibuild.yaml"), text);
  return { workspace, config: await loadCacheConfig(workspace, env) };
}

test.each([undefined, "", "# nothing\n", "cache: {}\n", "cache: { read: true, scope: pr-1 }\n"])(
  "without a place there is no cache: %j",
  async (text) => {
    expect((await load(text)).config).toBeUndefined();
  },
);

test("what is left out is read, not written, protected, and believed by rights alone", async () => {
  const { config } = await load("cache: { registry: registry.example/a }\n");
  expect(config).toEqual({
    place: { kind: "registry", address: "registry.example/a" },
    ...{ read: true, write: false, scope: "main", protected: "main", trust: [], secrets: [] },
    ...{ sign: undefined, timeoutMs: 30_000 },
  });
});

test("each key is taken, and paths begin at the workspace", async () => {
  const { workspace, config } = await load(`cache:
  directory: ../shared
  read: false
  write: true
  scope: pr-1
  protected: trunk
  sign: keys/sign.pem
  trust: ["${key}", { key: "${other}", scopes: [pr-1, pr-2] }]
  timeout: 2m
`);
  expect(config).toEqual({
    place: { kind: "directory", path: join(workspace, "../shared") },
    ...{ read: false, write: true, scope: "pr-1", protected: "trunk", timeoutMs: 120_000 },
    sign: { file: join(workspace, "keys/sign.pem"), place: "`keys/sign.pem`" },
    trust: [{ key }, { key: other, scopes: ["pr-1", "pr-2"] }],
    secrets: [],
  });
});

test("a variable wins over each key, an empty one over none", async () => {
  const file = `cache: { directory: here, scope: a, timeout: 1s, trust: ["${key}"] }\n`;
  const { config } = await load(file, {
    PIBUILD_CACHE_REGISTRY: "registry.example/b",
    PIBUILD_CACHE_READ: "0",
    PIBUILD_CACHE_WRITE: "true",
    PIBUILD_CACHE_SCOPE: "",
    PIBUILD_CACHE_PROTECTED: "trunk",
    PIBUILD_CACHE_TRUST: `${other}, ${key}`,
    PIBUILD_CACHE_TIMEOUT: "5",
    PIBUILD_CACHE_SIGN: "sign.pem",
    PIBUILD_CACHE_SIGN_KEY: "the key",
    PIBUILD_CACHE_TOKEN: "the token",
  });
  expect(config).toEqual({
    place: { kind: "registry", address: "registry.example/b" },
    ...{ read: false, write: true, scope: "a", protected: "trunk", timeoutMs: 5000 },
    sign: { text: "the key", place: "PIBUILD_CACHE_SIGN_KEY" },
    trust: [{ key: other }, { key }],
    secrets: ["the key", "the token"],
  });
});

test("all that is wrong is said at once", async () => {
  const text = "cache: { registry: registry.example/a, scope: A, trusts: [] }\n";
  await expect(load(text, { PIBUILD_CACHE_TIMEOUT: "soon" })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    data: { issues: [{}, {}, {}] },
  });
});

test.each(["- a\n", "text\n", "cache: text\n", "cache: [a]\n", "cache: {", "cache: &a [*b]\n"])(
  "a file that is no map is said to be: %j",
  async (text) => {
    await expect(load(text)).rejects.toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
  },
);

test("its JSON schema has every key with words, and each key a variable", () => {
  const schema = workspaceJsonSchema() as {
    properties: { cache: { properties: Record<string, { description: string }> } };
  };
  const { properties } = schema.properties.cache;
  expect(Object.keys(properties)).toEqual(Object.keys(cacheKeys));
  for (const { description } of Object.values(properties)) expect(description).toMatch(/\.$/);
  expect(cacheVariable("timeout")).toBe("PIBUILD_CACHE_TIMEOUT");
});
