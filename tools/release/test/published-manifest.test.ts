import { existsSync } from "node:fs";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { describe, expect, test } from "vitest";
import { publishedPackages, readCatalog, repository } from "../published.ts";
import { publishedManifest } from "../published-manifest.ts";

const packages = publishedPackages();
const versions = Object.fromEntries(
  packages.map(({ manifest }) => [manifest.name, manifest.version]),
);
const options = { versions, catalog: readCatalog() };

test("what only this workspace understands is not published", () => {
  for (const one of packages) {
    const text = JSON.stringify(publishedManifest(one, options));
    expect(text).not.toMatch(/workspace:|catalog:|@pibuild\/source|"(devDependencies|scripts)":/);
  }
});

test("packages want each other in this very version, and others in one that is compatible", () => {
  const directory = "packages/mine";
  const manifest = {
    ...{
      name: "@pibuild/mine",
      version: "2.0.0",
      description: "",
      license: "MIT",
      files: ["dist"],
    },
    exports: { ".": { "@pibuild/source": "./src/index.ts", default: "./dist/index.js" } },
    dependencies: { "@pibuild/core": "workspace:*", zod: "catalog:" },
  };
  const address = "https://example.org/me/pibuild";
  const given = { versions: { "@pibuild/core": "1.4.2" }, catalog: { zod: "4.6.7" }, address };
  expect(publishedManifest({ directory, manifest }, given)).toMatchObject({
    exports: { ".": { default: "./dist/index.js" } },
    dependencies: { "@pibuild/core": "1.4.2", zod: "^4.6.7" },
    repository: { type: "git", url: "git+https://example.org/me/pibuild.git", directory },
  });
  const unknown = { ...given, versions: {} };
  expect(() => publishedManifest({ directory, manifest }, unknown)).toThrow("is not published");
});

describe.each(packages)("$manifest.name", ({ directory, manifest }) => {
  test("says what it is, under which licence, and for which Node.js", () => {
    expect(manifest.description).not.toBe("");
    expect(manifest.license).toBe("MIT");
    const runs = manifest.exports?.["."] !== undefined || manifest.bin !== undefined;
    const engines = { node: "^22.21.0 || >=24.11.0" };
    expect(manifest.engines).toEqual(runs ? engines : undefined);
  });

  test("has a README, an example in it where it has code, and its own test of that", () => {
    expect(existsSync(join(repository, directory, "README.md"))).toBe(true);
    if (manifest.exports?.["."] === undefined) return;
    expect(existsSync(join(repository, directory, "test/readme.test.ts"))).toBe(true);
  });

  test("depends on Nx only where it is Nx's plugin", () => {
    const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    expect(names.filter((name) => /^@?nx\b|^@pibuild\/nx$/.test(name))).toEqual(
      manifest.name === "@pibuild/nx" ? ["nx"] : [],
    );
  });
});

test("every stage that is published is one of git's", async () => {
  const stages = packages.find(({ manifest }) => manifest.name === "@pibuild/stages");
  const args = ["ls-files", "-z", "--", ...(stages?.manifest.files ?? [])];
  const cwd = join(repository, "stages");
  const { stdout } = await createExec().run({ program: "git", args, cwd });
  const tops = new Set(stdout.split("\0").map((path) => path.split("/")[0]));
  for (const name of stages?.manifest.files ?? []) expect(tops).toContain(name);
});
