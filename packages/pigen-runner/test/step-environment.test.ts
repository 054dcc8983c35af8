import type { Stage, Step } from "@pibuild/pigen-stages";
import { describe, expect, test } from "vitest";
import type { RunSpec } from "../src/run/run-spec.ts";
import { stepEnvironment } from "../src/run/step-environment.ts";

const stageAt = (path: string, variables?: Stage["variables"]): Stage => ({
  name: path.replace(/.*\//, ""),
  path,
  skipped: false,
  prerun: false,
  subStages: [],
  warnings: [],
  ...(variables && { variables }),
});

const spec: RunSpec = {
  name: "t",
  base: "/w",
  stages: [],
  variables: { TARGET_HOSTNAME: "tick", TZ: "UTC", ARCH: "arm64", GIT_HASH: "ours" },
  ...{ secretNames: [], textNames: [], logins: [], inputs: [] },
  ...{ release: "bookworm", arch: "arm64", sourceDateEpoch: 1 },
};

const step: Step = {
  id: "s/00-a",
  stage: stageAt("/w/stages/s", { GIT_HASH: "theirs", EXPORT_DIR: "/run/pibuild/base/stages/r" }),
  directory: "/w/stages/s/00-a",
  actions: [],
  previous: stageAt("/w/stages/r"),
  stageStart: 1,
};

const given = (seen?: readonly string[]) =>
  stepEnvironment({ spec }, step, "/run/pibuild/base/stages/s", "/here", seen);

/** The same in every run, or known from the step's name and from what else is in its fingerprint. */
const unasked = [
  ...["ARCH", "BASE_DIR", "DEBIAN_FRONTEND", "DEPLOY_DIR", "HOME", "LOG_FILE", "PATH"],
  ...["PIBUILD_APT_ARCHIVES", "PIBUILD_FETCH", "PIBUILD_RESOLV_CONF", "QUILT_NO_DIFF_INDEX"],
  ...["QUILT_NO_DIFF_TIMESTAMPS", "QUILT_REFRESH_ARGS", "RELEASE", "ROOTFS_DIR", "SCRIPT_DIR"],
  ...["SOURCE_DATE_EPOCH", "STAGE", "STAGE_DIR", "STAGE_WORK_DIR", "SUB_STAGE_DIR", "TERM"],
  "WORK_DIR",
];

describe("a step's environment", () => {
  test("without a setting in its fingerprint: what is known without asking", () => {
    expect(Object.keys(given([])).sort()).toEqual(unasked);
  });

  test("the settings of its fingerprint besides, with the stage's own values", () => {
    const names = ["GIT_HASH", "PREV_STAGE", "PREV_ROOTFS_DIR", "TARGET_HOSTNAME"];
    const { GIT_HASH, PREV_STAGE, PREV_ROOTFS_DIR, TARGET_HOSTNAME, ...others } = given(names);
    expect({ GIT_HASH, PREV_STAGE, PREV_ROOTFS_DIR, TARGET_HOSTNAME }).toEqual({
      GIT_HASH: "theirs",
      PREV_STAGE: "r",
      PREV_ROOTFS_DIR: "/run/pibuild/work/r/rootfs",
      TARGET_HOSTNAME: "tick",
    });
    expect(Object.keys(others).sort()).toEqual(unasked);
  });

  test("where nobody says which: all of them, as pi-gen gives them", () => {
    const more = ["EXPORT_DIR", "GIT_HASH", "PREV_ROOTFS_DIR", "PREV_STAGE", "PREV_STAGE_DIR"];
    expect(Object.keys(given()).sort()).toEqual(
      [...unasked, ...more, "TARGET_HOSTNAME", "TZ"].sort(),
    );
  });
});
