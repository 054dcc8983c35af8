import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { type Entry, needs, scratchStage } from "@pibuild/test-kit";
import { describe, expect, onTestFinished } from "vitest";
import { readFileIndex } from "../src/stage/file-index.ts";
import { readStage } from "../src/stage/read-stage.ts";
import { readStageTexts } from "../src/stage/stage-texts.ts";
import { listSteps } from "../src/step/step.ts";
import { readStepFiles } from "../src/step/step-files.ts";

const exec = createExec();

/** A stage in a repository, and the stage of a clone to a disk without modes and symlinks. */
async function clonedStage(files: Record<string, Entry>): Promise<[string, string]> {
  const original = await scratchStage("stage", files);
  const clone = await mkdtemp(join(tmpdir(), "pibuild clone-"));
  onTestFinished(() => removeTree(clone));
  const git = (directory: string, ...args: readonly string[]) =>
    exec.run({ program: "git", args: ["-C", directory, ...args] });
  const repository = join(original, "..");
  await git(repository, "init", "--quiet");
  await git(repository, "add", "--all");
  const author = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
  await git(repository, ...author, "commit", "--quiet", "--message=x");
  // As Git for Windows notes it when it clones.
  const plain = ["--config=core.fileMode=false", "--config=core.symlinks=false"];
  await git(clone, "clone", "--quiet", ...plain, repository, "clone");
  const stage = join(clone, "clone", "stage");
  const { stdout } = await git(stage, "ls-files", "-z");
  for (const name of stdout.split("\0")) await chmod(join(stage, name), 0o666);
  return [original, stage];
}

/** All that a plan takes from a stage's files. */
async function described(directory: string) {
  const stage = await readStage(directory, await readFileIndex(exec, directory));
  const steps = await Promise.all(
    listSteps([stage]).map(async (step) => ({
      id: step.id,
      actions: step.actions,
      files: await readStepFiles(step),
    })),
  );
  return { prerun: stage.prerun, skipped: stage.skipped, steps };
}

const plain = { text: "x", mode: 0o644 };

describe("a clone on a disk without modes is planned as one on a disk with them", () => {
  const cases: readonly [string, Record<string, Entry>][] = [
    [
      "executable files, and those that are not",
      { "prerun.sh": "", "a/00-run.sh": "", "a/01-run.sh": plain, "a/00-packages": "vim\n" },
    ],
    ["a stage whose prerun.sh does not run", { "prerun.sh": plain, "a/00-run.sh": "" }],
    [
      "symlinks to a file",
      {
        "a/00-run.sh": { link: "../lib.sh" },
        "lib.sh": "echo x",
        "a/01-run.sh": { link: "00-run.sh" },
      },
    ],
    [
      "a symlink to a directory",
      {
        "a/00-run.sh": "",
        "a/files": { link: "../shared" },
        "shared/deep/x": "",
        "shared/y.sh": "",
      },
    ],
    ["a sub-stage that is a symlink", { "a/00-run.sh": "", b: { link: "a" } }],
    [
      "symlinks that lead nowhere, or into the image",
      {
        "a/00-run.sh": "",
        "a/files/gone": { link: "nothing" },
        "a/files/etc": { link: "/etc/passwd" },
        "a/files/self": { link: "self" },
      },
    ],
  ];
  for (const [what, files] of cases) {
    needs("git")(what, async () => {
      const [original, clone] = await clonedStage(files);
      const expected = await described(original);
      expect(expected.steps.length).toBeGreaterThan(0);
      expect(await described(clone)).toEqual(expected);
    });
  }
});

needs("git")("lint reads the same, behind symlinks too", async () => {
  const [original, clone] = await clonedStage({
    "a/00-run.sh": { link: "../lib.sh" },
    "a/01-run.sh": plain,
    "lib.sh": "#!/bin/sh",
  });
  const texts = await Promise.all(
    [original, clone].map(async (directory) => {
      const stage = await readStage(directory, await readFileIndex(exec, directory));
      return (await readStageTexts(stage)).map(({ path: _path, ...text }) => text);
    }),
  );
  expect(texts[1]).toEqual(texts[0]);
  expect(texts[0]).toMatchObject([
    { executable: true },
    { executable: false },
    { text: "#!/bin/sh" },
  ]);
});

needs("git")("a symlink of the index that is gone is not there", async () => {
  const [, clone] = await clonedStage({ "a/00-run.sh": { link: "../x" }, x: "", "prerun.sh": "" });
  await rm(join(clone, "a/00-run.sh"));
  expect((await described(clone)).steps).toMatchObject([{ id: "stage/prerun" }]);
});

needs("git")("a file that git does not know runs nowhere, and git is what mends it", async () => {
  const [, clone] = await clonedStage({ "a/00-run.sh": "", "a/01-run.sh": plain });
  const { warnings } = await readStage(clone, await readFileIndex(exec, clone));
  const path = join(clone, "a/01-run.sh");
  expect(warnings).toMatchObject([{ path, hint: `git add --chmod=+x ${path}` }]);
});

describe("the disk's own modes count", () => {
  needs("git")("in a repository that notes nothing else, but on Windows", async () => {
    const [original] = await clonedStage({ "a/00-run.sh": "" });
    expect(await readFileIndex(exec, original)).toBeUndefined();
    const { modes } = (await readFileIndex(exec, original, "win32")) ?? {};
    expect(modes).toEqual(new Map([["stage/a/00-run.sh", "100755"]]));
  });

  needs("git")("outside of any", async () => {
    const directory = await scratchStage("stage", { "a/00-run.sh": "" });
    expect(await readFileIndex(exec, directory)).toBeUndefined();
    expect(await readFileIndex(exec, directory, "win32")).toBeUndefined();
  });
});
