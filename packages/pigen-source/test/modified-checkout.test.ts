import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutPath } from "@pibuild/config";
import { needs, testGit } from "@pibuild/test-kit";
import { expect } from "vitest";
import { checkoutRig, failure } from "./checkout-rig.ts";

const git = needs("git", "flock");

const changes: [what: string, file: string, change: (file: string) => Promise<unknown>][] = [
  ["a changed file", "build.sh", (file) => writeFile(file, "true\n")],
  ["a changed mode", "stage0/prerun.sh", (file) => chmod(file, 0o644)],
  ["a new file", "stage0/01-run.sh", (file) => writeFile(file, "")],
  ["a new file that .gitignore names", "stage0/SKIP", (file) => writeFile(file, "")],
  ["a missing file", "count", (file) => rm(file)],
];
for (const [what, file, change] of changes) {
  git(`${what} is an error that names it`, async () => {
    const { sync } = await checkoutRig();
    const { path } = await sync();
    await change(join(path, file));
    const error = await failure(sync());
    expect([error.code, error.exitCode]).toEqual(["PIGEN_MODIFIED", 7]);
    expect(error.data).toMatchObject({ changes: [file] });
    expect(error.hint).toContain(`remove \`${path}\` and run \`pibuild sync\``);
  });
}

git("another commit is an error that names both", async () => {
  const { pin, sync } = await checkoutRig();
  const { path } = await sync();
  await testGit(path, "commit", "--quiet", "--allow-empty", "--message", "mine");
  const head = await testGit(path, "rev-parse", "HEAD");
  const error = await failure(sync());
  expect(error.data).toMatchObject({ commit: pin.commit, head });
});

git("a directory without a commit of its own is an error", async () => {
  const { workspace, pin, sync } = await checkoutRig();
  await testGit(workspace, "init", "--quiet");
  await mkdir(checkoutPath(workspace, pin.commit), { recursive: true });
  const error = await failure(sync());
  expect(error.code).toBe("PIGEN_MODIFIED");
  expect(error.data).toMatchObject({ head: undefined });
});
