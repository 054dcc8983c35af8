import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bootImage, needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { build, createImageRig, forget, layersOf } from "./image-rig.ts";

needs(
  "root",
  "mksquashfs",
  "mmdebstrap",
  "mke2fs",
  "mcopy",
  "qemu-system-aarch64",
)("beside a build of bookworm the same image builds from trixie, and boots healthy", async () => {
  await using rig = await createImageRig();
  await rig.edit("apps/debian-lite/image.yaml", "release: bookworm", "release: trixie");
  await mkdir(join(rig.path, "apps/older"));
  await writeFile(join(rig.path, "apps/older/image.yaml"), "stages: [stages/debian-base]\n");
  const older = () => rig.pibuild(["build", "older", "--target", "debian-base"]);
  await Promise.all([build(rig, "disk"), older()]);
  const { check } = await bootImage(join(rig.path, "dist/debian-lite/debian-lite.img"));
  expect(check).toMatchObject({ state: "running", failed: [], hostname: "debian-lite" });
  expect(Number.parseInt(check.kernel, 10)).toBeGreaterThanOrEqual(6);

  const beside = await layersOf(rig, "older");
  for (const step of Object.keys(beside)) await forget(rig, "older", step);
  await older();
  expect(await layersOf(rig, "older"), "layers of a build alone").toEqual(beside);
});
