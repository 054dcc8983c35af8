import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeTree } from "@pibuild/core";
import { runReadmeExample, writeTree } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { ownStage } from "./adopt-rig.ts";

test("the README's example runs", async () => {
  const directory = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  try {
    const config = 'IMG_NAME=kiosk\nCLEAN=1\nSTAGE_LIST="stage0 stage1 stage2 stage-a"\n';
    await writeTree(directory, { config, ...ownStage("stage-a") });
    const { stdout, stderr } = await runReadmeExample(dirname(import.meta.dirname), directory);
    expect(stderr).toContain("config:2: `CLEAN` is left out: ");
    expect(stdout.split("\n")).toContain("apps/kiosk/image.yaml");
  } finally {
    await removeTree(directory);
  }
});
