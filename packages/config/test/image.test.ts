import { join } from "node:path";
import { expect, test } from "vitest";
import { stageVariables } from "../src/image.ts";
import { loadImage } from "../src/load-image.ts";
import { findWorkspace, listImages } from "../src/workspace.ts";
import { scratchWorkspace } from "./scratch-workspace.ts";

const root = join(import.meta.dirname, "../../..");

test("a minimal image is complete", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/kiosk/image.yaml", "stages: [stages/debian-base]\n");
  const image = await loadImage(workspace.path, "kiosk");
  expect(image).toMatchObject({
    name: "kiosk",
    release: "bookworm",
    arch: "arm64",
    disk: { bootSize: 512 * 1024 ** 2, rootFree: 200 * 1024 ** 2, seed: "kiosk" },
    sourceDateEpoch: 1767225600,
    compression: { format: "xz", level: 6 },
    settings: { IMG_NAME: "kiosk", IMG_DATE: "2026-01-01", TARGET_HOSTNAME: "raspberrypi" },
    secrets: [],
  });
  expect(image.disk).not.toHaveProperty("rootSize");
  const exports = ["stages/partitions", "stages/export"].map((name) => join(workspace.path, name));
  expect(image.exportStages.map(({ path }) => path)).toEqual(exports);
});

test("a disk is complete, with what follows from its layout", async () => {
  await using workspace = await scratchWorkspace();
  const diskOf = async (disk: string) => {
    await workspace.write("apps/pi/image.yaml", `stages: [stages/debian-base]\ndisk: ${disk}\n`);
    return (await loadImage(workspace.path, "pi")).disk;
  };
  expect(await diskOf("{}")).toEqual({
    ...{ layout: "standard", table: "mbr", populateBoth: false, seed: "pi" },
    ...{ bootSize: 512 * 1024 ** 2, rootFree: 200 * 1024 ** 2 },
  });
  expect(await diskOf("{ layout: ab6, board: zero2w }")).toMatchObject({
    ...{ layout: "ab6", table: "gpt-hybrid", board: "zero2w", size: 4 * 1024 ** 3 },
  });
  expect(
    await diskOf("{ layout: ab6, table: gpt, board: cm5, size: 8GB, populate_both: true }"),
  ).toMatchObject({ table: "gpt", size: 8_000_000_000, populateBoth: true });
});

test("a payload is for the disk's board where it names none", async () => {
  await using workspace = await scratchWorkspace();
  const payload = "payload: { compatible: kn86-deckline, version: 1.2.0-rc.1 }";
  const disk = "disk: { layout: ab6, board: zero2w }";
  await workspace.write(
    "apps/pi/image.yaml",
    `stages: [stages/debian-base]\n${disk}\n${payload}\n`,
  );
  const image = await loadImage(workspace.path, "pi");
  expect(image.payload).toEqual({
    ...{ compatible: "kn86-deckline", version: "1.2.0-rc.1", securityEpoch: 0 },
    ...{ boards: ["zero2w"], level: 3 },
  });
});

test("stages keep their spelling, their place and their spaces", async () => {
  await using workspace = await scratchWorkspace();
  const absolute = join(workspace.path, "stages/debian-lite");
  await workspace.write(
    "apps/pi/image.yaml",
    `name: pi\nstages:\n  - stages/with space/kiosk\n  - ${absolute}\n`,
  );
  const { stages, name } = await loadImage(workspace.path, "pi");
  expect(name).toBe("pi");
  expect(stages).toEqual([
    {
      name: "stages/with space/kiosk",
      path: join(workspace.path, "stages/with space/kiosk"),
      at: { file: "apps/pi/image.yaml", line: 3, column: 5 },
    },
    { name: absolute, path: absolute, at: { file: "apps/pi/image.yaml", line: 4, column: 5 } },
  ]);
});

test("values reach the stages as they are written", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write(
    "apps/pi/image.yaml",
    [
      "stages: [stages/debian-base]",
      "settings: { FIRST_USER_PASS: 0123, ENABLE_SSH: true, PASSWORDLESS_SUDO: 1, WPA_COUNTRY: NO }",
      "env: { VERSION: 1.10, MASK: 0x1F, VERBOSE: false, TEXT: a b }",
    ].join("\n"),
  );
  const image = await loadImage(workspace.path, "pi");
  expect(image.settings).toMatchObject({
    FIRST_USER_PASS: "0123",
    ENABLE_SSH: "1",
    PASSWORDLESS_SUDO: "1",
    WPA_COUNTRY: "NO",
  });
  expect(image.env).toEqual({ VERSION: "1.10", MASK: "0x1F", VERBOSE: "0", TEXT: "a b" });
  expect(image.secrets).toEqual(["0123"]);
});

test("what pi-gen leaves unset stays unset for the stages", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", "stages: [stages/debian-base]\nenv: { MINE: x }\n");
  const variables = stageVariables(await loadImage(workspace.path, "pi"));
  expect(variables).toMatchObject({ MINE: "x", ENABLE_SSH: "0", RELEASE: "bookworm" });
  expect(Object.keys(variables)).not.toContain("WPA_COUNTRY");
});

test("the environment overrides the rows that allow it, and says so", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write(
    "apps/pi/image.yaml",
    "stages: [stages/debian-base]\nrelease: trixie\nsettings: { TARGET_HOSTNAME: file, ENABLE_SSH: 1 }\n",
  );
  const image = await loadImage(workspace.path, "pi", {
    env: {
      TARGET_HOSTNAME: "shell",
      ENABLE_SSH: "",
      PUBKEY_ONLY_SSH: "true",
      PUBKEY_SSH_FIRST_USER: "ssh-ed25519 AAAAC3Nz me@example.org\n",
      RELEASE: "bookworm",
      PI_GEN_RELEASE: "nobody asked",
      SOURCE_DATE_EPOCH: "86400",
    },
  });
  expect(image.settings).toMatchObject({
    TARGET_HOSTNAME: "shell",
    ENABLE_SSH: "1",
    PUBKEY_ONLY_SSH: "1",
    RELEASE: "trixie",
    PI_GEN_RELEASE: "Raspberry Pi reference",
    IMG_DATE: "1970-01-02",
  });
  expect(image.sourceDateEpoch).toBe(86400);
  expect(image.origins).toMatchObject({
    TARGET_HOSTNAME: "environment",
    ENABLE_SSH: "file",
    RELEASE: "file",
    PI_GEN_RELEASE: "default",
    SOURCE_DATE_EPOCH: "environment",
    IMG_DATE: "environment",
    ARCH: "default",
  });
});

test("the workspace is found from inside an image, its images are listed", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/b/image.yaml", "");
  await workspace.write("apps/a/image.yaml", "");
  await workspace.write("apps/tool/package.json", "{}");
  expect(await findWorkspace(join(workspace.path, "apps/a"))).toBe(workspace.path);
  expect(await listImages(workspace.path)).toEqual(["a", "b"]);
  await expect(findWorkspace("/proc")).rejects.toMatchObject({ code: "CONFIG_MISSING" });
});

test("the shipped images are listed", async () => {
  expect(await listImages(root)).toContain("debian-lite");
});
