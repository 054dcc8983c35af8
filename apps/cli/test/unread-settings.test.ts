import { createRig, type Rig } from "@pibuild/test-kit";
import { expect, test } from "vitest";

async function rigWith(yaml: string): Promise<Rig> {
  const rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": yaml,
    "stages/one/00-a/00-run.sh": '#!/bin/bash -e\necho "${TARGET_HOSTNAME} ${KIOSK_URL}"\n',
    "stages/one/01-b/00-packages": "curl\n",
    "stages/two/00-c/00-run.sh": '#!/bin/bash -e\nbootstrap "${RELEASE}" "${ROOTFS_DIR}"\n',
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  return rig;
}

async function warnings(yaml: string, env: Record<string, string> = {}): Promise<string> {
  await using rig = await rigWith(yaml);
  const { exitCode, stderr } = await rig.pibuild(["plan", "pi"], env);
  expect(exitCode).toBe(0);
  return stderr.trim();
}

test("a setting that no stage reads is named with its place", async () => {
  const yaml = "stages: [stages/one]\nsettings:\n  TARGET_HOSTNAME: x\n  WPA_COUNTRY: GB\n";
  expect(await warnings(yaml, { ENABLE_SSH: "1" })).toMatchInlineSnapshot(`
    "warning: apps/pi/image.yaml:4:16: \`WPA_COUNTRY\` is set, but nothing that builds \`pi\` reads it
    hint: remove it, because none of the image's stages uses it
    warning: environment variable ENABLE_SSH: \`ENABLE_SSH\` is set, but nothing that builds \`pi\` reads it
    hint: remove it, because none of the image's stages uses it"
  `);
});

test("a variable for a stage of one's own, misspelt", async () => {
  const said = await warnings("stages: [stages/one]\nenv: { KIOSK_ULR: x }\n");
  expect(said).toContain(
    "apps/pi/image.yaml:2:19: `KIOSK_ULR` is set, but no script of `pi` names it",
  );
  expect(said).toContain("hint: did you mean `KIOSK_URL`?");
});

test("what a stage or a function that it calls reads is not named", async () => {
  const yaml = "stages: [stages/one]\nsettings: { SETFCAP: 1 }\nenv: { KIOSK_URL: x }\n";
  expect(await warnings(yaml, { IMG_NAME: "x", TARGET_HOSTNAME: "y" })).toBe("");
  const mirror = { APT_MIRROR: "http://mirror.invalid/debian" };
  expect(await warnings("stages: [stages/two]\n", mirror)).toBe("");
  expect(await warnings("stages: [stages/one]\n", mirror)).toContain("`APT_MIRROR` is set");
});

test("what is a default is not named", async () => {
  expect(await warnings("stages: [stages/one]\n")).toBe("");
});

test("a setting that only pi-gen's own export reads says so", async () => {
  const yaml = "stages: [stages/one]\nsettings: { DEPLOY_COMPRESSION: xz }\n";
  expect(await warnings(yaml)).toContain(
    "hint: remove it, because only pi-gen's own build.sh reads it",
  );
});

test("names that no branch of pi-gen reads are said to be so", async () => {
  const env = { USE_QCOW2: "1", APT_OPTS: "", PI_GEN_STAGES: "stage0", PI_GEN_BRANCH: "bookworm" };
  expect(await warnings("stages: [stages/one]\n", env)).toMatchInlineSnapshot(`
    "warning: environment variable PI_GEN_BRANCH: nothing that builds \`pi\` reads it, because it has no stage of pi-gen
    hint: unset PI_GEN_BRANCH
    warning: environment variable PI_GEN_STAGES: nothing that builds \`pi\` reads it, because it has no stage of pi-gen
    hint: unset PI_GEN_STAGES
    warning: environment variable USE_QCOW2: no branch of pi-gen reads it
    hint: remove it, because pi-gen dropped it in 2024, and layers take its place"
  `);
});

test("a variable that is one letter off is named with what may have been meant", async () => {
  const said = await warnings("stages: [stages/one]\n", { TARGET_HOSTNAM: "kitchen" });
  expect(said).toMatchInlineSnapshot(`
    "warning: environment variable TARGET_HOSTNAM: nothing reads it
    hint: did you mean \`TARGET_HOSTNAME\`?"
  `);
});

test("a secret that stays readable in the image is warned of, and not shown", async () => {
  await using rig = await rigWith("stages: [stages/one, stages/token]\n");
  await rig.write({
    "stages/token/00-a/00-run.sh": '#!/bin/bash -e\necho "${TUNNEL_TOKEN}"\n',
  });
  const { stderr } = await rig.pibuild(["plan", "pi"], { TUNNEL_TOKEN: "eyJhIjoi" });
  expect(stderr).toContain("`TUNNEL_TOKEN` ends up in the image as it is");
  expect(stderr).toContain("/etc/cloudflared/tunnel.env");
  expect(stderr).not.toContain("eyJhIjoi");
});
