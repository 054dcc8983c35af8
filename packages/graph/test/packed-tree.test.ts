import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, isPibuildError } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { packTree, unpackTree } from "../src/targets/shared/pack-tree.ts";

const test = needs("tar");
const exec = createExec();

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pibuild packed-tree-"));
  await mkdir(join(scratch, "into"));
});
afterEach(() => rm(scratch, { recursive: true }));

const unpack = () =>
  unpackTree(exec, join(scratch, "tar"), { into: join(scratch, "into"), name: "deploy" });

/** Packs what a program of bash leaves in a directory as somebody else might. */
async function packed(script: string, args: readonly string[] = ["deploy"]): Promise<void> {
  const cwd = join(scratch, "theirs");
  await mkdir(cwd);
  await exec.run({ program: "bash", args: ["-ec", script], cwd });
  const create = ["--create", "--absolute-names", "--file", "../tar", ...args];
  await exec.run({ program: "tar", args: create, cwd });
}

describe("a directory that is sent as one file", () => {
  test("comes back with its modes, links, empty directories and holes", async () => {
    const tree = join(scratch, "deploy");
    await mkdir(join(tree, "docs/empty"), { recursive: true });
    await writeFile(join(tree, "docs/manual"), "manual\n", { mode: 0o640 });
    await symlink("docs/manual", join(tree, "latest"));
    await writeFile(join(tree, "sparse"), "");
    await truncate(join(tree, "sparse"), 50_000_000);
    await packTree(exec, tree, join(scratch, "tar"));
    expect((await lstat(join(scratch, "tar"))).size).toBeLessThan(100_000);
    const back = await unpack();
    const names = (await readdir(tree, { recursive: true })).sort();
    expect((await readdir(back, { recursive: true })).sort()).toEqual(names);
    for (const name of names) {
      const [was, is] = [await lstat(join(tree, name)), await lstat(join(back, name))];
      expect([name, is.mode, is.size * Number(is.isFile())]).toEqual([
        ...[name, was.mode, was.size * Number(was.isFile())],
      ]);
    }
    expect(await readFile(join(back, "latest"), "utf8")).toBe("manual\n");
    expect((await lstat(join(back, "sparse"))).blocks).toBe(0);
  });

  const refused: readonly (readonly [what: string, script: string, args?: readonly string[]])[] = [
    ["has no such directory", "mkdir other", ["other"]],
    ["is cut short", "mkdir deploy; head -c 200000 /dev/zero >deploy/x", ["deploy"]],
    ["is a link in its place", "ln -s /etc deploy"],
    ["is a file in its place", "echo x >deploy"],
    ["holds a FIFO", "mkdir deploy; mkfifo deploy/x"],
    ["holds a name that is not UTF-8", "mkdir deploy; : >deploy/$'caf\\351'"],
    ["holds a name with a backslash", "mkdir deploy; : >'deploy/a\\b'"],
  ];
  for (const [what, script, args] of refused) {
    test(`is refused where it ${what}`, async () => {
      await packed(script, args);
      if (what === "is cut short") await truncate(join(scratch, "tar"), 100_000);
      const error = await unpack().catch((thrown: unknown) => thrown);
      expect(isPibuildError(error, "LAYER_LOST"), String(error)).toBe(true);
    });
  }

  test("writes nothing elsewhere, whatever names it has", async () => {
    await packed("mkdir deploy; ln -s ../.. deploy/up; echo x >deploy/a; echo x >../victim", [
      ...["--transform", "s|^deploy/a$|deploy/up/planted|"],
      ...["--transform", "s|^../victim$|deploy/../../planted|"],
      ...["deploy/up", "deploy/a", "../victim"],
    ]);
    await expect(unpack()).rejects.toThrow();
    expect((await readdir(scratch)).sort()).toEqual(["into", "tar", "theirs", "victim"]);
    expect(await readdir(join(scratch, "into"))).toEqual(["deploy"]);
  });
});
