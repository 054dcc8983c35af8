import { describe, expect, test } from "vitest";
import { inodesAreLeft } from "../../src/doctor/checks/inodes-are-left.ts";
import { spaceIsLeft } from "../../src/doctor/checks/space-is-left.ts";
import { storeHoldsOverlays } from "../../src/doctor/checks/store-holds-overlays.ts";
import { examine, GiB } from "./host-table.ts";

const all = (volume: { freeBytes?: number; freeFiles?: number | undefined }) => ({
  volumes: { "/": volume },
});

describe("free space", () => {
  test.each([
    ["10 GiB suffice for a lite image", 10, false, "ok"],
    ["less is a warning, because a filled store needs less", 9.9, false, "warn"],
    ["10 GiB are few for a desktop", 10, true, "warn"],
    ["30 GiB suffice for a desktop", 30, true, "ok"],
    ["what a build refuses to start with fails", 2.9, false, "fail"],
  ])("%s", async (_name, gigabytes, desktop, status) => {
    const facts = { ...all({ freeBytes: gigabytes * GiB }), image: { desktop } };
    expect(await examine(spaceIsLeft, facts)).toMatchObject({ status });
  });
  test("the store's disk and the workspace's are two", async () => {
    const volumes = { "/home/me/work": { device: 2, freeBytes: GiB } };
    expect(await examine(spaceIsLeft, { volumes })).toEqual({
      status: "fail",
      detail: "1.0 GiB free at /home/me/work; a build needs 3.0 GiB",
      fix: "free some space, or set PIBUILD_STORE to a larger disk",
    });
  });
  test("one disk is counted once", async () => {
    expect((await examine(spaceIsLeft))?.detail).toBe(
      "100.0 GiB free at /home/me/.cache/pibuild/store",
    );
  });
});

describe("inodes", () => {
  test.each([
    ["plenty", 100_000, false, "ok"],
    ["few for a desktop", 100_000, true, "warn"],
    ["few", 99_999, false, "warn"],
    ["fewer than the first step makes", 10_000, false, "fail"],
    ["a filesystem without a limit", undefined, true, "ok"],
  ])("%s", async (_name, freeFiles, desktop, status) => {
    const facts = { ...all({ freeFiles }), image: { desktop } };
    expect(await examine(inodesAreLeft, facts)).toMatchObject({ status });
  });
});

describe("where the store lies", () => {
  const on = (type: string) => ({ volumes: { "/": { type } } });
  test.each(["overlay", "nfs4", "9p", "fuse.sshfs", "vfat"])(
    "steps cannot write onto %s, only into memory",
    async (type) => {
      const found = await examine(storeHoldsOverlays, on(type));
      expect(found).toMatchObject({ status: "warn" });
      expect(found?.detail).toContain(`${type} at /home/me/.cache/pibuild/store: overlays cannot`);
      expect(found?.fix).toContain("PIBUILD_STORE");
    },
  );
  test.each([
    ["the caller turned memory off", { env: { PIBUILD_STEP_MEMORY: "0" } }],
    ["Linux keeps no attributes in memory", { release: "6.1.0-40-amd64" }],
  ])("it fails where %s", async (_name, facts) => {
    expect(await examine(storeHoldsOverlays, { ...on("nfs"), ...facts })).toMatchObject({
      status: "fail",
    });
  });
  test("names that differ in case have to be two", async () => {
    const found = await examine(storeHoldsOverlays, { tellsCase: false });
    expect(found?.detail).toContain("`a` and `A` are one name there");
  });
  test("the kernel's own refusal is told", async () => {
    const found = await examine(storeHoldsOverlays, { overlayRefused: "mount: wrong fs type" });
    expect(found).toMatchObject({ status: "warn" });
    expect(found?.detail).toContain("an overlay was refused: mount: wrong fs type");
  });
  test("a local disk is well", async () => {
    expect(await examine(storeHoldsOverlays, on("btrfs"))).toMatchObject({ status: "ok" });
  });
});
