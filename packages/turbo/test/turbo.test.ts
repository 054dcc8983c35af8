import { mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createExec } from "@pibuild/core";
import { createRig, type Rig } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { runTurbo, syncTurbo } from "../src/index.ts";

const require = createRequire(import.meta.url);
const pi = {
  name: "pi",
  targets: [
    { name: "binfmt", after: [] },
    { name: "base", after: ["binfmt"] },
    { name: "disk", after: ["base"] },
    { name: "all", after: ["disk"] },
  ],
};

/** A workspace with Turborepo, and a pibuild that writes down what it is asked for. */
async function workspace(more = ""): Promise<Rig> {
  const rig = await createRig();
  const modules = join(rig.path, "node_modules");
  await mkdir(join(modules, ".bin"), { recursive: true });
  await symlink(dirname(require.resolve("turbo/package.json")), join(modules, "turbo"));
  await rig.write({
    "package.json": `{\n\t"name": "own",\n\t"packageManager": "npm@11.0.0",${more}\n\t"scripts": {\n\t\t"mine": "true"\n\t}\n}\n`,
    "package-lock.json": '{"lockfileVersion":3,"packages":{}}',
    "pibuild.sh": '#!/bin/sh\necho "$@ $PIBUILD_OWNER $MY_SETTING" >>calls\n',
  });
  await symlink("../../pibuild.sh", join(modules, ".bin", "pibuild"));
  return rig;
}

async function calls(rig: Rig): Promise<string[]> {
  return (await readFile(join(rig.path, "calls"), "utf8")).trim().split("\n");
}

describe("turbo runs an image's tasks", () => {
  test.each(["", '"workspaces": ["packages/*"],'])(
    "in order, each time, with the whole environment %s",
    async (more) => {
      await using rig = await workspace(more);
      await syncTurbo(rig.path, [pi]);
      const run = () =>
        runTurbo(createExec(), {
          ...{ workspace: rig.path, image: "pi", target: "all", owner: "1 2", events: "events" },
          ...{ stopFile: "stop", build: "b", logFile: join(rig.path, "turbo.log") },
          env: { ...process.env, MY_SETTING: "seen" },
        });
      await run();
      const once = ["task pi binfmt", "task pi base", "task pi disk", "task pi all"];
      const told = once.map((call) => `${call} 1 2 seen`);
      expect(await calls(rig)).toEqual(told);
      await run();
      expect(await calls(rig)).toEqual([...told, ...told]);
    },
  );

  test("also where a person calls it", async () => {
    await using rig = await workspace();
    await syncTurbo(rig.path, [pi]);
    await createExec().run({
      program: "node",
      args: [require.resolve("turbo/bin/turbo"), "run", "pi:disk", "--ui=stream"],
      cwd: rig.path,
      env: { TURBO_TELEMETRY_DISABLED: "1", NODE_DISABLE_COMPILE_CACHE: "1" },
    });
    expect(await calls(rig)).toHaveLength(3);
  });

  test("and says what is missing where the workspace has no turbo", async () => {
    await using rig = await createRig();
    const run = { workspace: rig.path, image: "pi", target: "all", owner: "", events: "" };
    const more = { stopFile: "stop", build: "b", logFile: join(rig.path, "turbo.log"), env: {} };
    await expect(runTurbo(createExec(), { ...run, ...more })).rejects.toMatchObject({
      ...{ code: "TASK_RUNNER_MISSING", data: { name: "turbo" } },
    });
  });
});

describe("package.json and turbo.json", () => {
  test("keep what is not pibuild's, and lose the tasks of images that are gone", async () => {
    await using rig = await workspace();
    await rig.write({ "turbo.json": '{"tasks":{"lint":{"inputs":["src"]}},"ui":"stream"}' });
    expect(await syncTurbo(rig.path, [pi])).toEqual(["package.json", "turbo.json"]);
    expect(await syncTurbo(rig.path, [{ ...pi, name: "other" }])).toEqual([
      "package.json",
      "turbo.json",
    ]);
    const text = await readFile(join(rig.path, "package.json"), "utf8");
    expect(text).toContain('\n\t"scripts": {\n\t\t"mine": "true",\n\t\t"other:binfmt"');
    expect(text).not.toContain("pi:disk");
    const turbo = JSON.parse(await readFile(join(rig.path, "turbo.json"), "utf8"));
    expect(turbo.ui).toBe("stream");
    expect(Object.keys(turbo.tasks)).toEqual([
      "lint",
      ...pi.targets.map(({ name }) => `other:${name}`),
    ]);
  });

  test("are not written again where nothing changed", async () => {
    await using rig = await workspace();
    await syncTurbo(rig.path, [pi]);
    expect(await syncTurbo(rig.path, [pi])).toEqual([]);
  });

  test("with comments are refused, and stay as they were", async () => {
    await using rig = await workspace();
    await rig.write({ "turbo.json": "{ // mine\n}\n" });
    await expect(syncTurbo(rig.path, [pi])).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await readFile(join(rig.path, "turbo.json"), "utf8")).toBe("{ // mine\n}\n");
    expect(await readFile(join(rig.path, "package.json"), "utf8")).not.toContain("pi:disk");
  });
});
