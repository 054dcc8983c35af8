import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";
import { expect } from "vitest";

const it = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz");

const imageYaml = (rootFree = "8MiB", level = 0) => `stages: [stages/one]
disk: { boot_size: 36MiB, root_free: ${rootFree} }
compression: { level: ${level} }
`;
const stage = (word: string) =>
  `#!/bin/bash -e\n${makesBootFiles}echo ${word} >"\${ROOTFS_DIR}/word"\n`;

async function builtImage(): Promise<Rig> {
  const rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": imageYaml(),
    "stages/one/prerun.sh": stage("a"),
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  await make(rig, "disk", "artifacts");
  return rig;
}

async function make(rig: Rig, ...targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    const { exitCode, stderr } = await rig.pibuild(["task", "pi", target]);
    expect(exitCode, stderr).toBe(0);
  }
}

async function why(rig: Rig, target: string): Promise<string> {
  const { stdout, stderr } = await rig.pibuild(["why", "pi", target, "--venue", "native"]);
  // What the last build did is another test's.
  return (stdout + stderr).replace(/^last build[\s\S]*/m, "").trim();
}

it("why names what changed for the disk and the artifacts, old and new", async () => {
  await using rig = await builtImage();
  expect([await why(rig, "disk"), await why(rig, "artifacts")]).toEqual([
    "disk: up to date",
    "artifacts: up to date",
  ]);
  await rig.write({ "apps/pi/image.yaml": imageYaml("16MiB", 1) });
  expect(await why(rig, "disk")).toMatchInlineSnapshot(`
    "disk: changed: disk/root_free
      disk/root_free
        before: 8388608
        now:    16777216"
  `);
  expect(await why(rig, "artifacts")).toMatchInlineSnapshot(`
    "artifacts: after disk, changed: compression/level (\`pibuild why pi disk\`)
      compression/level
        before: 0
        now:    1"
  `);
  await make(rig, "disk");
  const changed = await why(rig, "artifacts");
  expect(changed).toContain("artifacts: after disk, changed: compression/level");
});

it("why sends on to a step that has to run before, and then names the layers", async () => {
  await using rig = await builtImage();
  await rig.write({ "stages/one/prerun.sh": stage("b") });
  expect(await why(rig, "disk")).toBe("disk: after one/prerun (`pibuild why pi one/prerun`)");
  await make(rig, "one");
  expect(await why(rig, "disk")).toContain("disk: after one/prerun");
});

it("why tells a disk that is gone from one that was never built", async () => {
  await using rig = await builtImage();
  await rm(join(rig.path, "dist/pi/pi.img"));
  expect(await why(rig, "disk")).toContain("its files are gone, or were written to since");
  await rm(join(rig.path, "dist"), { recursive: true });
  expect(await why(rig, "disk")).toContain("never built");
  expect(await why(rig, "payload")).toContain("image `pi` has no step `payload`");
});
