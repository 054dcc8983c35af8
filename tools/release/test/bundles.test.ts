import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
/** As esbuild leaves what asks Node for a package by name. */
const asked = /\.resolve\("((?:@[^/"]+\/)?[^/"]+)\/package\.json"\)/g;

// Where packages see only their own dependencies, as with pnpm, a name that is not among them is not found.
describe.each(["packages/nx", "apps/cli"])("the bundle of %s", (directory) => {
  it("asks for no package that is not a dependency", async () => {
    const dist = join(root, directory, "dist");
    const code = readdirSync(dist).filter((name) => name.endsWith(".js"));
    const names = code.flatMap((name) =>
      [...readFileSync(join(dist, name), "utf8").matchAll(asked)].map(([, found = ""]) => found),
    );
    const { dependencies } = JSON.parse(
      readFileSync(join(root, directory, "package.json"), "utf8"),
    );
    expect(names).toContain("@pibuild/stages");
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...new Set(names)]));
  });
});
