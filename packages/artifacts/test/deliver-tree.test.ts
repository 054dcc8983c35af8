import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterEach, beforeEach, expect } from "vitest";
import { deliverTree, type TreeDelivery, withdrawTree } from "../src/index.ts";

const test = needs("cp");

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pibuild tree-"));
});
afterEach(() => rm(scratch, { recursive: true }));

/** A tree to deliver, by a process that looks whose directories it enters. */
async function delivery(): Promise<TreeDelivery> {
  const [from, directory] = [join(scratch, "deploy"), join(scratch, "out")];
  await mkdir(join(from, "a"), { recursive: true });
  await mkdir(directory);
  await writeFile(join(from, "a/file"), "new");
  const owners = new Set([0, process.getuid?.() ?? 0]);
  return { from, directory, name: "pi.deploy", owners };
}

async function deliver(tree: TreeDelivery): Promise<string[]> {
  await withdrawTree(tree);
  return (await deliverTree(createExec(), tree)).map(({ path }) => path);
}

test("a tree is copied under its name, and left alone where it is there", async () => {
  const tree = await delivery();
  const file = join(tree.directory, "pi.deploy/a/file");
  expect(await deliver(tree)).toEqual([file]);
  expect(await deliver(tree)).toEqual([]);
  await writeFile(file, "old");
  expect(await deliver(tree)).toEqual([file]);
  expect(await readFile(file, "utf8")).toBe("new");
  expect(await readdir(tree.directory)).toEqual(["pi.deploy"]);
});

test("what has the name is removed, where it is a link that alone, and nothing stays of no tree", async () => {
  const tree = await delivery();
  const other = join(scratch, "other");
  await mkdir(other);
  await writeFile(join(other, "kept"), "");
  await symlink(other, join(tree.directory, "pi.deploy"));
  await deliver(tree);
  expect((await lstat(join(tree.directory, "pi.deploy"))).isDirectory()).toBe(true);
  await rm(tree.from, { recursive: true });
  expect(await deliver(tree)).toEqual([]);
  expect(await readdir(tree.directory)).toEqual([]);
  expect(await readdir(other)).toEqual(["kept"]);
});

test("links in it are copied and never followed", async () => {
  const tree = await delivery();
  await symlink("/nowhere/else", join(tree.from, "out"));
  await symlink(scratch, join(tree.from, "up"));
  await deliver(tree);
  const kinds = ["out", "up"].map((name) => lstat(join(tree.directory, "pi.deploy", name)));
  expect((await Promise.all(kinds)).map((stats) => stats.isSymbolicLink())).toEqual([true, true]);
  expect(await deliver(tree)).toEqual([]);
});

test("a directory of somebody else's is not entered, and a copy that fails leaves nothing", async () => {
  const tree = await delivery();
  const foreign = { ...tree, owners: new Set([4711]) };
  await expect(withdrawTree(foreign)).rejects.toMatchObject({ code: "OUTPUT_UNUSABLE" });
  const broken = deliverTree(createExec({ signal: AbortSignal.abort("SIGTERM") }), tree);
  await expect(broken).rejects.toThrow();
  expect(await readdir(tree.directory)).toEqual([]);
});
