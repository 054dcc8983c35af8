import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { createPigenOrigin, testGit, writeTree } from "@pibuild/test-kit";
import { expect, onTestFinished, test } from "vitest";
import { describeCheckout } from "../src/describe-checkout.ts";

const options = { exec: createExec(), env: {} };
const files = {
  "build.sh": "export ARCH=arm64\nexport RELEASE=${RELEASE:-trixie}\nexport MINE\n",
  "scripts/common": "",
  "stage0/prerun.sh": "",
  "stage2/01-a/00-packages": "a\n",
  ".gitignore": "SKIP\n",
};

async function origin() {
  const made = await createPigenOrigin();
  onTestFinished(() => made[Symbol.asyncDispose]());
  return made;
}

test("a checkout says what it builds, and which of pi-gen's tags for that it goes back to", async () => {
  const { path, tag } = await origin();
  const commit = await tag("2026-01-01-raspios-trixie-arm64", { files });
  // The branch of 32 bits goes into that of 64.
  await testGit(path, "tag", "2026-02-01-raspios-trixie-armhf");
  expect(await describeCheckout(path, options)).toEqual({
    ...{ release: "trixie", arch: "arm64", exports: ["ARCH", "RELEASE", "MINE"] },
    ...{ tag: { name: "2026-01-01-raspios-trixie-arm64", commit }, changes: [] },
  });
});

test("what differs from the tag is told, be it committed, changed, removed, new or ignored", async () => {
  const { path, tag } = await origin();
  await tag("2026-01-01-raspios-trixie-arm64", { files });
  await writeTree(path, { "stage2/01-a/00-packages": "a\nb\n", "stage1/prerun.sh": "" });
  await testGit(path, "add", "--all");
  await testGit(path, "commit", "--quiet", "--message=mine");
  await writeTree(path, { "scripts/common": "x\n", "stage2/SKIP": "", "notes/mine": "" });
  await removeTree(join(path, "stage0/prerun.sh"));
  expect([...(await describeCheckout(path, options)).changes].sort()).toEqual([
    "scripts/common",
    "stage0/prerun.sh",
    "stage1/prerun.sh",
    "stage2/01-a/00-packages",
    "stage2/SKIP",
  ]);
});

test("of files without git, or without pi-gen's tags, nothing more is known", async () => {
  const { path, tag } = await origin();
  await tag("v1", { files: { ...files, "build.sh": 'export ARCH=${ARCH:-"armhf"}\n' } });
  const unknown = { tag: undefined, changes: [], release: undefined, arch: "armhf" };
  expect(await describeCheckout(path, options)).toMatchObject(unknown);
  await removeTree(join(path, ".git"));
  expect(await describeCheckout(path, options)).toMatchObject(unknown);
});
