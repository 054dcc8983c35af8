import { describe, expect, test } from "vitest";
import { lintStage, plain } from "./lint-rig.ts";

const notExecutable = { text: plain, mode: 0o644 };

describe("a file that never runs is found under the code that says why", () => {
  test.for([
    ["00-a/run.sh", plain, "NAME_NEVER_RUNS"],
    ["00-a/00-run-00-pre.sh", plain, "NAME_NEVER_RUNS"],
    ["00-a/01-run-foo.sh", plain, "NAME_NEVER_RUNS"],
    ["00-a/0-packages", "vim\n", "NAME_NEVER_RUNS"],
    ["00-a/setup.sh", plain, "SCRIPT_NEVER_CALLED"],
    ["run.sh", plain, "OUTSIDE_SUB_STAGE"],
    ["00-run.sh", plain, "OUTSIDE_SUB_STAGE"],
    ["00-packages", "vim\n", "OUTSIDE_SUB_STAGE"],
    ["00-a/00-run.sh", notExecutable, "NOT_EXECUTABLE"],
    ["prerun.sh", notExecutable, "NOT_EXECUTABLE"],
  ] as const)("%s", async ([path, entry, code]) => {
    expect(await lintStage({ [path]: entry })).toEqual([`${path} ${code}`]);
  });

  test.for([
    ["00-a/00-run.sh", plain],
    ["00-a/00-run-chroot.sh", notExecutable],
    ["00-a/00-packages", "vim\n"],
    ["00-a/files/run.sh", plain],
    ["EXPORT_IMAGE", ""],
    ["README.md", ""],
  ] as const)("%s is fine", async ([path, entry]) => {
    expect(await lintStage({ [path]: entry })).toEqual([]);
  });
});

test("a sub-stage with SKIP is passed over, whatever is in it", async () => {
  const bad = "#!/bin/bash -e\r\nrm /etc/hosts\n";
  expect(await lintStage({ "00-a/SKIP": "", "00-a/run.sh": bad, "00-a/00-run.sh": bad })).toEqual(
    [],
  );
});
