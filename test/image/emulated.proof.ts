import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { build, commonStore, createImageRig, layersOf, ran } from "./image-rig.ts";

needs(...(["root", "mksquashfs", "mmdebstrap", "mke2fs", "mcopy"] as const))(
  "a cold build elsewhere, all of it emulated, gives the same layers and disk",
  async () => {
    await using rig = await createImageRig(commonStore);
    await build(rig, "disk");
    await using other = await createImageRig();
    const again = await build(other, "disk", { PIBUILD_TWIN: "0" });
    expect(ran(again)).toEqual(again.steps.map(({ step }) => step));
    expect(await layersOf(other)).toEqual(await layersOf(rig));
    const disk = (path: string) => sha256File(join(path, "dist/debian-lite/debian-lite.img"));
    expect(await disk(other.path)).toBe(await disk(rig.path));
  },
);
