import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import { createNxRig, type Rig } from "@pibuild/test-kit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { preTasksExecution } from "../src/plugin.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

async function nxWorkspace(images: Readonly<Record<string, string>>): Promise<Rig> {
  const rig = await createNxRig();
  await rig.write({
    "stages/one/00-a/00-run.sh": "#!/bin/bash -e\ntrue\n",
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
    ...Object.fromEntries(
      Object.entries(images).map(([name, text]) => [`apps/${name}/image.yaml`, text]),
    ),
  });
  return rig;
}

async function nx(rig: Rig, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return createExec().run({
    program: "node",
    args: [join(repository, "node_modules/nx/dist/bin/nx.js"), ...args],
    cwd: rig.path,
    env: {
      NX_DAEMON: "false",
      NX_TUI: "false",
      NX_NO_CLOUD: "true",
      NX_WORKSPACE_DATA_DIRECTORY: join(rig.path, ".nx"),
    },
  });
}

test("an image's targets are those of the registry, in its order", async () => {
  await using rig = await nxWorkspace({ pi: "stages: [stages/one]\n" });
  const { stdout } = await nx(rig, ["show", "project", "pi", "--json"]);
  const { targets } = JSON.parse(stdout);
  const chain = Object.entries<{ dependsOn?: string[] }>(targets).map(([name, { dependsOn }]) => [
    name,
    dependsOn,
  ]);
  expect(Object.fromEntries(chain)).toEqual({
    binfmt: undefined,
    one: ["binfmt"],
    partitions: ["one"],
    export: ["partitions"],
    disk: ["export"],
    artifacts: ["disk"],
    deployed: ["export", "disk"],
    upstream: ["binfmt"],
    all: ["artifacts", "deployed"],
  });
});

test("a target's only output is its manifest, and its only input pibuild's digest", async () => {
  await using rig = await nxWorkspace({ pi: "stages: [stages/one]\n" });
  const { stdout } = await nx(rig, ["show", "project", "pi", "--json"]);
  const { disk } = JSON.parse(stdout).targets;
  expect(disk.outputs).toEqual(["{workspaceRoot}/dist/pi/disk/manifest.json"]);
  expect(disk.inputs).toEqual([
    { externalDependencies: [] },
    { runtime: "node_modules/.bin/pibuild digest pi disk" },
  ]);
});

test("a broken image says why and leaves the others alone", async () => {
  await using rig = await nxWorkspace({ pi: "stages: [stages/one]\n", bad: "stagse: []\n" });
  const { stdout, stderr } = await nx(rig, ["show", "projects", "--json"]);
  expect(JSON.parse(stdout)).toContain("pi");
  expect(JSON.parse(stdout)).not.toContain("bad");
  expect(stderr).toContain("apps/bad/image.yaml:1:1");
});

describe("what a run saw when it began", () => {
  const seen = async (rig: Rig, argument: string): Promise<Record<string, string>> => {
    await preTasksExecution(undefined, {
      id: "run",
      workspaceRoot: rig.path,
      nxJsonConfiguration: {},
      argv: ["node", "nx", "run", argument],
    });
    return JSON.parse(process.env.PIBUILD_DIGESTS ?? "");
  };
  const digest = async (rig: Rig, target: string, env = {}): Promise<string> => {
    const args = [join(repository, "apps/cli/bin/pibuild.mjs"), "digest", "pi", target];
    const { stdout } = await createExec().run({ program: "node", args, cwd: rig.path, env });
    return stdout;
  };
  afterEach(() => {
    vi.unstubAllEnvs();
    delete process.env.PIBUILD_DIGESTS;
    delete process.env.PIBUILD_BUILD;
  });

  test("is what each target's own look gives, and is printed in its place", async () => {
    // No step, so nothing is missing from the store, and only the disk is new each time.
    await using rig = await nxWorkspace({ pi: "stages: [stages/none]\n" });
    await rig.write({ "stages/none/SKIP": "" });
    const looked = [await digest(rig, "none"), await digest(rig, "disk")];
    const known = await seen(rig, "pi:disk");
    const names = ["none", "partitions", "export", "disk", "artifacts", "deployed"];
    expect(Object.keys(known)).toEqual(names.map((name) => `pi:${name}`));
    expect(known["pi:none"]).toBe(looked[0]?.trim());
    expect(known["pi:disk"]).not.toBe(looked[1]?.trim());
    const env = { PIBUILD_DIGESTS: JSON.stringify(known) };
    expect((await digest(rig, "disk", env)).trim()).toBe(known["pi:disk"]);
  });

  test("leaves out what the run does not name, and what cannot be opened", async () => {
    await using rig = await nxWorkspace({ pi: "stages: [stages/one]\n", bad: "stagse: []\n" });
    expect(await seen(rig, "bad:disk")).toEqual({});
    expect(await seen(rig, "--targets=disk")).toEqual({});
  });

  test("has a name that no other run has, unless a daemon sees for several", async () => {
    await using rig = await nxWorkspace({ pi: "stages: [stages/one]\n" });
    const names = new Set<string | undefined>();
    for (let runs = 0; runs < 2; runs += 1) {
      await seen(rig, "--targets=disk");
      names.add(process.env.PIBUILD_BUILD);
    }
    expect([...names]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
    delete process.env.PIBUILD_BUILD;
    vi.stubEnv("NX_DAEMON_PROCESS", "true");
    await seen(rig, "--targets=disk");
    expect(process.env.PIBUILD_BUILD).toBeUndefined();
  });

  test("is not taken from a daemon, whose environment is another's", async () => {
    vi.stubEnv("NX_DAEMON_PROCESS", "true");
    await using rig = await nxWorkspace({ pi: "stages: [stages/one]\n" });
    expect(await seen(rig, "pi:disk")).toEqual({});
  });
});
