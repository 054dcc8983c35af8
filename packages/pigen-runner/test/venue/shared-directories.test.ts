import { expect, test } from "vitest";
import { installRoot, outermost } from "../../src/venue/container/shared-directories.ts";

test.each([
  ["/usr/lib/node_modules/pibuild/bin/pibuild.mjs", "/usr/lib/node_modules"],
  ["/w/node_modules/.pnpm/pibuild@1/node_modules/pibuild/bin/pibuild.mjs", "/w/node_modules"],
  ["/home/me/pibuild/apps/cli/bin/pibuild.mjs", "/home/me/pibuild"],
])("%s is installed in %s", (path, root) => {
  const has = (name: string) =>
    ["/home/me/pibuild/node_modules", "/home/me/pibuild/apps/cli/node_modules"].includes(name);
  expect(installRoot(path, has)).toBe(root);
});

test("what lies in the workspace or in another is not bound twice", () => {
  const paths = ["/w/stages/a", "/s/b", "/s", "/s", "/w", "/wide"];
  expect(outermost(paths, "/w")).toEqual(["/s", "/wide"]);
});
