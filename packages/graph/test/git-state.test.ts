import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";
import { gitState } from "../src/open/git-state.ts";

const exec = createExec();

/** A repository with a commit and a tag, and a workspace that is not at its top. */
async function repository(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "pibuild git-"));
  onTestFinished(() => removeTree(path));
  await mkdir(join(path, "images"));
  await writeFile(join(path, "images/file"), "");
  const as = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
  for (const args of [
    ["init", "--quiet"],
    ["add", "images"],
    [...as, "commit", "--quiet", "-mfirst"],
    ["tag", "v1.2.0"],
  ]) {
    await exec.run({ program: "git", args: ["-C", path, ...args] });
  }
  return path;
}

needs("root", "git")("the commit of another user's repository is told, below its top", async () => {
  const path = await repository();
  await exec.run({ program: "bash", args: ["-c", 'chown --recursive 4321:4321 "$0"', path] });
  for (const workspace of [path, join(path, "images")]) {
    const { gitHash, gitDescribe } = await gitState(exec, workspace);
    expect(gitHash).toMatch(/^[0-9a-f]{40}$/);
    expect(gitDescribe).toBe("v1.2.0");
  }
});

needs("git")("a file that differs is told, and no repository is none", async () => {
  const path = await repository();
  await writeFile(join(path, "images/file"), "changed");
  expect((await gitState(exec, path)).gitDescribe).toBe("v1.2.0-dirty");
  const outside = await mkdtemp(join(tmpdir(), "pibuild-"));
  onTestFinished(() => removeTree(outside));
  expect(await gitState(exec, outside)).toEqual({ gitHash: "", gitDescribe: "" });
});
