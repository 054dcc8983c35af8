import { scratchStage } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { describeReport, lintList, lintNames, plain, prerun } from "./lint-rig.ts";

const bootstraps = '#!/bin/bash -e\nbootstrap "${RELEASE}" "${ROOTFS_DIR}"\n';

describe("EXPORT_IMAGE in the last stage of a list", () => {
  test.for([
    ["that no stage has", {}],
    ["that only an earlier one has", { "stage1/EXPORT_IMAGE": "" }],
  ] as const)("%s is missed", async ([, files]) => {
    expect(await lintList(["stage1", "stage2"], files)).toEqual(["stage2 NO_EXPORT_IMAGE"]);
  });

  test("is all that is asked for", async () => {
    expect(await lintList(["stage1", "stage2"], { "stage2/EXPORT_IMAGE": "" })).toEqual([]);
  });

  test("is not asked of one directory alone", async () => {
    expect(await lintList(["stage1"], {})).toEqual([]);
  });

  test("is not asked of stages that finish an image", async () => {
    const files = { "stage2/EXPORT_IMAGE": "" };
    expect(await lintList(["stage1", "stage2", "export", "export-image"], files)).toEqual([]);
  });
});

describe("SKIP in a stage", () => {
  const files = { "stage2/EXPORT_IMAGE": "", "stage1/SKIP": "" };

  test("whose tree the next one copies is found", async () => {
    expect(await lintList(["stage1", "stage2"], files)).toEqual(["stage1/SKIP SKIP_BREAKS_NEXT"]);
  });

  test("before one that copies nothing is fine", async () => {
    const next = { ...files, "stage2/prerun.sh": bootstraps };
    expect(await lintList(["stage1", "stage2"], next)).toEqual([]);
  });

  test("before one that is skipped, too, is fine", async () => {
    expect(await lintList(["stage1", "stage2"], { ...files, "stage2/SKIP": "" })).toEqual([]);
  });

  test("at the end of a list is fine", async () => {
    const last = { "stage2/EXPORT_IMAGE": "", "stage2/SKIP": "" };
    expect(await lintList(["stage1", "stage2"], last)).toEqual([]);
  });
});

describe("the name of a stage", () => {
  const beside = { "stage0/prerun.sh": bootstraps };

  test.for(["stage-kn86-base", "stage", "stage.d"])(
    "%s sorts before the stage0 beside it",
    async (name) => {
      expect(await lintList([name], beside)).toEqual([`${name} SORTS_BEFORE_STAGE0`]);
    },
  );

  test("is said once of all that do", async () => {
    const names = ["stage0", "stage-b", "stage-a", "stage-c"];
    const files = { ...beside, "stage-c/EXPORT_IMAGE": "" };
    expect(await lintList(names, files)).toEqual(["stage-b SORTS_BEFORE_STAGE0"]);
  });

  test.for(["STAGE_LIST=x", "A=1\nexport STAGE_LIST='stage0 stage-a'"])(
    "does not count where pi-gen's config says %j",
    async (config) => {
      expect(await lintList(["stage-a"], { ...beside, config })).toEqual([]);
    },
  );

  test("does not count away from pi-gen", async () => {
    expect(await lintList(["stage-a"], {})).toEqual([]);
  });

  test.for(["stage0", "stage2a", "stage6-kn86", "stage_kn86", "kn86", "a-stage"])(
    "%s is fine",
    async (name) => {
      expect(await lintList([name], beside)).toEqual([]);
    },
  );

  test("with a space cannot be named in a list", async () => {
    expect(await lintList(["stage docker"], {})).toEqual(["stage docker STAGE_NAME_SPLITS"]);
  });
});

describe("an image", () => {
  const stages = {
    "apps/pi/image.yaml": "stages: [pi/stage0, pi/stage-mine]\nexport: pi/export-image\n",
    "pi/stage0/prerun.sh": bootstraps,
    "pi/stage-mine/prerun.sh": prerun,
    "pi/export-image/prerun.sh": plain,
  };

  test("of pibuild's own stages has its order and its export in image.yaml", async () => {
    const workspace = await scratchStage("workspace", stages);
    expect(describeReport(await lintNames(workspace, ["pi"], ["shellcheck"]), workspace)).toEqual(
      [],
    );
  });

  const withUpstream = {
    ...stages,
    "apps/pi/image.yaml": "stages: [pi-gen/stage0, pi/stage-mine]\nexport: pi/export-image\n",
  };

  test("with stages of pi-gen is held to pi-gen's rules, and pi-gen's stages are not", async () => {
    const workspace = await scratchStage("workspace", {
      ...withUpstream,
      "upstream/build.sh": "",
      "upstream/scripts/common": "",
      "upstream/stage0/prerun.sh": "rm /etc/hosts\r\n",
      "upstream/stage0/run.sh": plain,
    });
    const report = await lintNames(workspace, ["pi"], ["shellcheck"], { PIGEN_DIR: "upstream" });
    expect(report.stages).toBe(2);
    expect(describeReport(report, workspace)).toEqual(["pi/stage-mine NO_EXPORT_IMAGE"]);
  });

  test("is exported by pi-gen after the stages that follow its export here", async () => {
    const workspace = await scratchStage("workspace", {
      "apps/pi/image.yaml":
        "stages: [pi-gen/stage0, pi/mine]\nexport: [pi-gen/export-image, pi/last]\n",
      "pi/mine/prerun.sh": prerun,
      "pi/mine/EXPORT_IMAGE": "",
      "pi/last/prerun.sh": prerun,
      "upstream/build.sh": "",
      "upstream/scripts/common": "",
      "upstream/stage0/prerun.sh": bootstraps,
      "upstream/export-image/prerun.sh": plain,
    });
    const report = await lintNames(workspace, ["pi"], ["shellcheck"], { PIGEN_DIR: "upstream" });
    expect(describeReport(report, workspace)).toEqual(["pi/last NO_EXPORT_IMAGE"]);
  });

  test("with stages of a pi-gen that is not here says so", async () => {
    const workspace = await scratchStage("workspace", withUpstream);
    const linted = lintNames(workspace, ["pi"], [], { PIGEN_DIR: "upstream" });
    await expect(linted).rejects.toMatchObject({ code: "PIGEN_INVALID" });
  });

  test("shares stages with another: each is read once", async () => {
    const workspace = await scratchStage("workspace", {
      ...stages,
      "pi/stage0/run.sh": plain,
      "apps/too/image.yaml": "stages: [pi/stage0]\nexport: pi/export-image\n",
    });
    const report = await lintNames(workspace, [], ["shellcheck"]);
    expect(report).toMatchObject({ stages: 3, scripts: 3 });
    expect(describeReport(report, workspace)).toEqual(["pi/stage0/run.sh OUTSIDE_SUB_STAGE"]);
  });
});

describe("a name", () => {
  test("that is neither an image nor a directory is refused", async () => {
    const workspace = await scratchStage("workspace", { "apps/pi/image.yaml": "stages: [x]\n" });
    await expect(lintNames(workspace, ["pie"])).rejects.toThrow(
      "`pie` is neither an image (did you mean `pi`?) nor a directory",
    );
    await expect(lintNames(workspace, ["kiosk"])).rejects.toThrow(
      "`kiosk` is neither an image (pi) nor a directory",
    );
  });

  test("of a directory without anything to run is refused, not found clean", async () => {
    const parent = await scratchStage("files", { "a/b.txt": "" });
    await expect(lintNames(parent, ["."])).rejects.toThrow("`.` is no stage: it has neither");
  });

  test("of a directory of stages is refused, with what it holds", async () => {
    const parent = await scratchStage("stages", { "stage2/prerun.sh": prerun });
    await expect(lintNames(parent, ["."])).rejects.toThrow(
      "`.` is no stage but holds some (stage2): name those",
    );
  });

  test("of a stage all of whose files have wrong names is one", async () => {
    const stage = await scratchStage("stage2", { "00-a/run.sh": plain });
    expect(describeReport(await lintNames(stage, ["."], ["shellcheck"]), stage)).toEqual([
      "00-a/run.sh NAME_NEVER_RUNS",
    ]);
  });
});
