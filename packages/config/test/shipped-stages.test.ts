import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadImage } from "../src/load-image.ts";
import { failure, scratchWorkspace } from "./scratch-workspace.ts";

const shipped = fileURLToPath(new URL("../../../stages", import.meta.url));

test("a stage that the workspace lacks is the one that pibuild brings", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/kiosk/image.yaml", "stages: [stages/cloud-init]\n");
  const { stages } = await loadImage(workspace.path, "kiosk");
  expect(stages.map(({ path }) => path)).toEqual([join(shipped, "cloud-init")]);
});

test("the image of the README of @pibuild/stages loads", async () => {
  await using workspace = await scratchWorkspace();
  const readme = await readFile(join(shipped, "README.md"), "utf8");
  const [, image = ""] = /^```yaml\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  await workspace.write("apps/kiosk/image.yaml", image);
  await workspace.write("stages/kiosk/prerun.sh", "");
  const { stages } = await loadImage(workspace.path, "kiosk");
  expect(stages.map(({ name }) => name)).toEqual([
    ...["stages/debian-base", "stages/debian-lite", "stages/kiosk"],
  ]);
});

test("every stage that the package has is in its README", async () => {
  const readme = await readFile(join(shipped, "README.md"), "utf8");
  const { files } = JSON.parse(await readFile(join(shipped, "package.json"), "utf8"));
  for (const stage of files) expect(readme).toContain(`\`${stage}\``);
});

test("a stage of the workspace goes before one of pibuild", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/kiosk/image.yaml", "stages: [stages/debian-base]\n");
  const { stages, exportStages } = await loadImage(workspace.path, "kiosk");
  const own = (name: string) => join(workspace.path, "stages", name);
  expect(stages.map(({ path }) => path)).toEqual([own("debian-base")]);
  expect(exportStages.map(({ path }) => path)).toEqual([own("partitions"), own("export")]);
});

test("a stage that nobody has is looked for in the workspace alone", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/kiosk/image.yaml", "stages: [stages/debian-bose]\n");
  expect(await failure(loadImage(workspace.path, "kiosk"))).toMatchObject({
    code: "STAGE_MISSING",
    data: { searched: [join(workspace.path, "stages/debian-bose")], near: "stages/debian-base" },
  });
});
