import { readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createExec, sha256File } from "@pibuild/core";
import { createNxRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";
import { expect } from "vitest";

const builds = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz");
const turbo = createRequire(import.meta.url).resolve("turbo/package.json");

/** A small image in a workspace that has both engines. */
async function workspace(): Promise<Rig> {
  const rig = await createNxRig();
  await symlink(dirname(turbo), join(rig.path, "node_modules", "turbo"));
  await rig.write({
    "package.json": JSON.stringify({ name: "own", packageManager: "npm@11.0.0" }),
    "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: {} }),
    "apps/pi/image.yaml": "stages: [stages/one]\ncompression: { level: 0 }\n",
    "stages/one/prerun.sh": `#!/bin/bash -e\n${makesBootFiles}`,
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  expect((await rig.pibuild(["sync", "--turbo"])).stdout).toBe("wrote package.json and turbo.json");
  return rig;
}

async function made(rig: Rig): Promise<string[]> {
  return Promise.all(
    ["pi.img", "pi.img.xz", "pi.bmap"].map((name) => sha256File(join(rig.path, "dist/pi", name))),
  );
}

/** Three builds take minutes on a machine that has other work. */
const threeBuilds = 6 * 60_000;

builds(
  "nx, turbo and a plain call of turbo make the same files",
  async () => {
    await using rig = await workspace();
    const by: string[][] = [];
    for (const engine of ["nx", "turbo"]) {
      const built = await rig.pibuild(["build", "pi", "--engine", engine]);
      expect(built.exitCode, built.stderr).toBe(0);
      by.push(await made(rig));
      await rm(join(rig.path, "dist"), { recursive: true });
    }
    await createExec().run({
      program: "node",
      args: [join(rig.path, "node_modules/turbo/bin/turbo"), "run", "pi:all", "--ui=stream"],
      cwd: rig.path,
      env: { ...rig.env, TURBO_TELEMETRY_DISABLED: "1", NODE_DISABLE_COMPILE_CACHE: "1" },
    });
    by.push(await made(rig));
    expect(by[1]).toEqual(by[0]);
    expect(by[2]).toEqual(by[0]);
    const again = await rig.pibuild(["build", "pi", "--engine", "turbo", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ fresh: true });
  },
  threeBuilds,
);

builds("a step that fails under turbo is the build's error", async () => {
  await using rig = await workspace();
  await rig.write({ "stages/one/00-a/00-run.sh": "#!/bin/bash -e\nfalse\n" });
  const { exitCode, stderr } = await rig.pibuild(["build", "pi", "--engine", "turbo"]);
  expect(exitCode).toBe(6);
  expect(stderr).toContain("stages/one/00-a/00-run.sh");
  expect(await readFile(join(rig.path, "package.json"), "utf8")).toContain("pibuild task pi one");
});
