import { describe, expect, test } from "vitest";
import { lintStage, plain } from "./lint-rig.ts";

describe("a marker that means nothing", () => {
  test.for([
    ["SKIP.txt", ""],
    ["skip", ""],
    ["SKIP", "directory/"],
    ["SKIP_IMAGE", ""],
    ["EXPORT_IMAGES", ""],
    ["EXPORT_IMAGE.txt", ""],
    ["EXPORT-IMAGE", ""],
    ["00-a/SKIP.txt", ""],
    ["00-a/SKIP", "directory/"],
    ["00-a/EXPORT_IMAGE", ""],
    ["00-a/SKIP_IMAGES", ""],
  ] as const)("%s is found", async ([path, entry]) => {
    expect(await lintStage({ "00-a/00-run.sh": plain, [path]: entry })).toEqual([
      `${path} MARKER_MEANS_NOTHING`,
    ]);
  });

  test.for(["SKIP", "EXPORT_IMAGE", "EXPORT_NOOBS", "00-a/SKIP", "skipped", "00-a/files/SKIP.txt"])(
    "%s is fine",
    async (path) => {
      expect(await lintStage({ "00-a/00-run.sh": plain, [path]: "" })).toEqual([]);
    },
  );
});

test("SKIP_IMAGES where there is no image to skip is found", async () => {
  expect(await lintStage({ SKIP_IMAGES: "" })).toEqual(["SKIP_IMAGES SKIP_IMAGES_IDLE"]);
});

test("SKIP_IMAGES beside EXPORT_IMAGE is fine", async () => {
  expect(await lintStage({ SKIP_IMAGES: "", EXPORT_IMAGE: "" })).toEqual([]);
});
