import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRig } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
/** A block of code whose first or second line names its file. */
const block = /^```\w*\n((?:#!.*\n)?# ((?:apps|stages)\/[\w./-]+[\w]).*\n[\s\S]*?)^```$/gm;

test("the kiosk of docs/stages.md has no fault, and is planned on the default image's stages", async () => {
  const text = await readFile(join(repository, "docs/stages.md"), "utf8");
  const files = [...text.matchAll(block)].map(([, content = "", path = ""]) => [path, content]);
  expect(files.map(([path]) => path)).toEqual([
    "apps/kiosk/image.yaml",
    "stages/kiosk/prerun.sh",
    "stages/kiosk/00-screen/00-packages",
    "stages/kiosk/00-screen/01-run.sh",
    "stages/kiosk/00-screen/files/screen.service",
  ]);
  await using rig = await createRig();
  for (const name of ["debian-base", "debian-lite", "partitions", "export"])
    await cp(join(repository, "stages", name), join(rig.path, "stages", name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  await rig.write(Object.fromEntries(files));
  const lint = await rig.pibuild(["lint", "kiosk"]);
  expect(lint).toMatchObject({ exitCode: 0, stdout: "" });
  const plan = await rig.pibuild(["plan", "kiosk", "--json", "--venue", "native"]);
  const steps = JSON.parse(plan.stdout).steps.map(({ step }: { step: string }) => step);
  expect(plan.stderr).toBe("");
  expect(steps).toEqual(expect.arrayContaining(["debian-lite/06-ssh", "kiosk/00-screen"]));
});
