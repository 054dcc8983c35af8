import { join } from "node:path";
import { bootImage, needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { build, createImageRig } from "./image-rig.ts";

needs(
  "root",
  "mksquashfs",
  "mmdebstrap",
  "mke2fs",
  "mcopy",
  "qemu-system-aarch64",
)("the same image builds from trixie and boots healthy", async () => {
  await using rig = await createImageRig();
  await rig.edit("apps/debian-lite/image.yaml", "release: bookworm", "release: trixie");
  await build(rig, "disk");
  const { check } = await bootImage(join(rig.path, "dist/debian-lite/debian-lite.img"));
  expect(check).toMatchObject({ state: "running", failed: [], hostname: "debian-lite" });
  expect(Number.parseInt(check.kernel, 10)).toBeGreaterThanOrEqual(6);
});
