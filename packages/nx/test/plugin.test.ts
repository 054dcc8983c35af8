import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import { createNxRig, type Rig } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

async function nxWorkspace(images: Readonly<Record<string, string>>): Promise<Rig> {
  const rig = await createNxRig();
  await rig.write({
    "stages/one/00-a/00-run.sh": "#!/bin/bash -e\ntrue\n",
    "stages/export/.keep": "",
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

test("an image's targets are a chain from the host to the artifacts, and build.sh beside it", async () => {
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
    export: ["one"],
    disk: ["export"],
    artifacts: ["disk"],
    upstream: ["binfmt"],
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
