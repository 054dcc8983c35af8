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
    const layers = await layersOf(other);
    // The mirror may have taken an update since the first build: then one after it has to be the same.
    const moved = JSON.stringify(layers) !== JSON.stringify(await layersOf(rig));
    await using later = await createImageRig(moved ? undefined : commonStore);
    await build(later, "disk");
    expect(layers).toEqual(await layersOf(later));
    const disk = (path: string) => sha256File(join(path, "dist/debian-lite/debian-lite.img"));
    expect(await disk(other.path)).toBe(await disk(later.path));
  },
);
