import { mkdir, mkdtemp, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Image } from "@pibuild/config";
import { removeTree } from "@pibuild/core";
import { expect, test } from "vitest";
import { installRoot, outermost, sharedDirectories } from "../src/container/shared-directories.ts";

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

test("of what is named elsewhere, only the output directory can be written to", async () => {
  const directory = await mkdtemp("/var/tmp/pibuild shared-");
  try {
    const at = (name: string) => join(directory, name);
    for (const name of ["w/stages/a", "stages/b", "pi-gen"]) {
      await mkdir(at(name), { recursive: true });
    }
    const image = {
      stages: [{ path: at("w/stages/a") }, { path: at("stages/b") }],
      exportStages: [{ path: at("w/stages/a") }],
      settingFiles: [at("user-data"), at("w/network")],
      inputs: [{ path: at("firmware") }, { path: at("w/apps/program") }],
      outputDirectory: at("out/deep"),
    } as unknown as Image;
    const env = { PIGEN_DIR: "../pi-gen", FIRST_USER_PASS_FILE: "../password" };
    const mounts = await sharedDirectories({ workspace: at("w"), image, env }, "/nowhere");
    const sources = (readonly: boolean) =>
      mounts.flatMap((mount) =>
        readonly === (mount.readonly === true) ? [mount.source.slice(directory.length + 1)] : [],
      );
    expect(sources(false)).toEqual(["w", "out/deep"]);
    expect(sources(true).sort()).toEqual([
      ...["firmware", "password", "pi-gen", "stages/b", "user-data"],
    ]);
    expect((await stat(at("out/deep"))).isDirectory()).toBe(true);
    for (const { source, target } of mounts) expect(target).toBe(source);

    await writeFile(at("sign.pem"), "");
    const cache = { PIBUILD_CACHE_DIRECTORY: at("cache"), PIBUILD_CACHE_SIGN: at("sign.pem") };
    const shared = async (more: NodeJS.ProcessEnv) => {
      const found = await sharedDirectories({ workspace: at("w"), image, env: more }, "/nowhere");
      return found.map(({ source, readonly }) => `${source} ${readonly === true}`);
    };
    expect(await shared(cache)).not.toContain(`${at("cache")} true`);
    expect(await shared({ ...cache, PIBUILD_CACHE_WRITE: "1" })).toEqual(
      expect.arrayContaining([`${at("cache")} false`, `${at("sign.pem")} true`]),
    );
    expect(await shared(cache)).toContain(`${at("cache")} true`);
    // One that cannot be made is left to the build, which says so and goes on.
    const nowhere = { PIBUILD_CACHE_DIRECTORY: at("sign.pem/cache"), PIBUILD_CACHE_WRITE: "1" };
    expect((await shared(nowhere)).join(" ")).not.toContain("sign.pem");
  } finally {
    await removeTree(directory);
  }
});
