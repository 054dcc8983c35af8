import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { boardKernels, boards } from "@pibuild/pi-boot";
import { bootImage, needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { boardsStarted } from "./boards-started.ts";
import { build, createImageRig, forget, layersOf } from "./image-rig.ts";

needs(
  "root",
  "mksquashfs",
  "mmdebstrap",
  "mke2fs",
  "mcopy",
  "qemu-system-aarch64",
)(
  "beside a build of bookworm the same image builds from trixie, boots healthy, and does what its user-data says",
  async () => {
    await using rig = await createImageRig();
    await rig.edit("apps/debian-lite/image.yaml", "release: bookworm", "release: trixie");
    await mkdir(join(rig.path, "apps/older"));
    await writeFile(join(rig.path, "apps/older/image.yaml"), "stages: [stages/debian-base]\n");
    const older = () => rig.pibuild(["build", "older", "--target", "debian-base"]);
    // Its cloudflared unit waits for the program, and so is no failed one.
    const userData = join(import.meta.dirname, "../../apps/sugarkube/user-data");
    await Promise.all([build(rig, "disk", { CLOUD_INIT_USER_DATA: userData }), older()]);
    const disk = join(rig.path, "dist/debian-lite/debian-lite.img");
    const said = boards.filter((board) => boardKernels.debian.trixie[board].boots);
    expect(await boardsStarted(disk), "boards that start it").toEqual(said);
    const { check, console } = await bootImage(disk);
    expect(check).toMatchObject({ state: "running", failed: [], hostname: "debian-lite" });
    expect(console).toMatch(/Datasource DataSourceNoCloud/);
    // A start that cloud-init asks for late may miss the console; what ran is named at shutdown.
    expect(console).toMatch(/(Started|Stopped) .*cloudflared\.path/);
    expect(Number.parseInt(check.kernel, 10)).toBeGreaterThanOrEqual(6);

    const beside = await layersOf(rig, "older");
    for (const step of Object.keys(beside)) await forget(rig, "older", step);
    await older();
    expect(await layersOf(rig, "older"), "layers of a build alone").toEqual(beside);
  },
);
