import { relative } from "node:path";
import { type Entry, scratchStage } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { readStage } from "../src/stage/read-stage.ts";

const plain = { text: "", mode: 0o644 };

async function warnings(files: Record<string, Entry>): Promise<string[]> {
  const stage = await readStage(await scratchStage("stage", files));
  return stage.warnings.map(({ path, problem }) => `${relative(stage.path, path)} ${problem}`);
}

describe("a file that looks as if it should run, and never will, is named", () => {
  test.for([
    ["a/00-run.sh", plain, "never runs: it is not executable"],
    ["prerun.sh", plain, "never runs: it is not executable"],
    ["a/run.sh", "", "never runs: its name matches nothing"],
    ["a/00-run-00-pre.sh", "", "never runs: its name matches nothing"],
    ["a/01-run-foo.sh", "", "never runs: its name matches nothing"],
    ["00-a/setup.sh", "", "never runs: its name matches nothing"],
    ["a/0-packages", "", "never runs: its name matches nothing"],
    ["a/00-package", "", "never runs: its name matches nothing"],
    ["00-a/run.py", "", "never runs: its name matches nothing"],
    ["run.sh", "", "never runs: in a stage's own directory only `prerun.sh` does"],
    ["00-run.sh", "", "never runs: in a stage's own directory only `prerun.sh` does"],
    ["postrun.sh", "", "never runs: in a stage's own directory only `prerun.sh` does"],
  ] as const)("%s", async ([path, entry, problem]) => {
    expect(await warnings({ [path]: entry })).toEqual([`${path} ${problem}`]);
  });

  test.for([
    ["a/00-run.sh", ""],
    ["a/00-run-chroot.sh", plain],
    ["a/00-packages", ""],
    ["a/00-patches/series", ""],
    ["a/files/run.sh", ""],
    ["00-a/00-run-chroot.sh", plain],
    ["a/README.md", ""],
    ["tasks/packages.yml", ""],
    ["files/firstboot.sh", ""],
    ["prerun.sh", ""],
    ["EXPORT_IMAGE", ""],
    ["dangling.sh", { link: "nowhere" }],
    ["a/dangling.sh", { link: "nowhere" }],
  ] as const)("%s is fine", async ([path, entry]) => {
    expect(await warnings({ [path]: entry })).toEqual([]);
  });

  test("a library beside the script that sources it is fine", async () => {
    expect(await warnings({ "a/00-run.sh": ". ./lib.sh\n", "a/lib.sh": plain })).toEqual([]);
  });

  test("nothing in a directory with SKIP is spoken of", async () => {
    expect(await warnings({ "a/SKIP": "", "a/run.sh": "" })).toEqual([]);
  });
});
