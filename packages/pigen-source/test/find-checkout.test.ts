import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { checkoutRig, failure, tag } from "./checkout-rig.ts";

const git = needs("git", "flock");

git("the pin's checkout is found once it was fetched", async () => {
  const { pin, sync, find } = await checkoutRig();
  const missing = await failure(find());
  expect([missing.code, missing.exitCode]).toEqual(["PIGEN_MISSING", 4]);
  expect(missing.data).toMatchObject({ tag });
  const { path } = await sync();
  expect(await find()).toEqual({ path, commit: pin.commit });
});

git("a modified checkout is not handed out", async () => {
  const { sync, find } = await checkoutRig();
  const { path } = await sync();
  await writeFile(join(path, "stage0/00-a/00-packages"), "b\n");
  const error = await failure(find());
  expect(error.data).toMatchObject({ changes: ["stage0/00-a/00-packages"] });
});

git("PIGEN_DIR goes before the pin, and is used as it is", async () => {
  const { origin, sync, find, pin } = await checkoutRig();
  await sync();
  await writeFile(join(origin.path, "build.sh"), "mine\n");
  const found = await find(pin, { PIGEN_DIR: origin.path });
  expect(found).toEqual({ path: origin.path, commit: undefined });
});

git("PIGEN_DIR needs no git, but has to be pi-gen", async () => {
  const { origin, workspace, find, pin } = await checkoutRig();
  await rm(join(origin.path, ".git"), { recursive: true });
  expect((await find(pin, { PIGEN_DIR: origin.path })).path).toBe(origin.path);
  const error = await failure(find(pin, { PIGEN_DIR: "." }));
  expect(error.code).toBe("PIGEN_INVALID");
  expect(error.data).toMatchObject({
    place: workspace,
    namedBy: "PIGEN_DIR",
    missing: ["build.sh", "scripts/common", "stage0"],
  });
});
