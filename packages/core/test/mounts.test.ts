import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createExec } from "../src/exec/create-exec.ts";
import { mountsBelow, parseMountInfo } from "../src/resources/mounts.ts";
import { removeTree } from "../src/resources/remove-tree.ts";
import { needs } from "./needs.ts";
import { type Scratch, scratch } from "./scratch.ts";

let rig: Scratch;
beforeEach(async () => {
  rig = await scratch();
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

const exec = createExec();
const mounting = needs("root", "own mount namespace", "mount", "umount");

async function bind(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await exec.run({ program: "mount", args: ["--bind", from, to] });
}

async function treeWithCanary(): Promise<{ tree: string; precious: string }> {
  const precious = join(rig.path, "precious");
  const tree = join(rig.path, "real", "tree");
  await mkdir(precious);
  await mkdir(tree, { recursive: true });
  await writeFile(join(precious, "canary"), "alive");
  return { tree, precious };
}

const alive = (precious: string) => readFile(join(precious, "canary"), "utf8");

test("mount points with blanks, tabs, line ends and backslashes are read", () => {
  const line = (target: string) =>
    `36 35 98:0 /mnt1 ${target} rw,noatime master:1 - ext3 /dev/root rw,errors=continue`;
  const text = ["/plain", "/a\\040b", "/t\\011t", "/n\\012n", "/back\\134040", "/ü"];
  expect(parseMountInfo(`${text.map(line).join("\n")}\n`)).toEqual([
    ...["/plain", "/a b", "/t\tt", "/n\nn", "/back\\040", "/ü"],
  ]);
});

mounting("mounts below a path, innermost first, and none beside it", async () => {
  const tree = join(rig.path, "tree");
  await mkdir(join(rig.path, "from", "inner"), { recursive: true });
  await bind(join(rig.path, "from"), join(tree, "odd\n\\ name"));
  await bind(join(rig.path, "from"), join(tree, "odd\n\\ name", "inner"));
  await bind(join(rig.path, "from"), `${tree}-beside`);
  expect(mountsBelow(tree)).toEqual([
    join(tree, "odd\n\\ name", "inner"),
    join(tree, "odd\n\\ name"),
  ]);
});

mounting("removing a tree does not follow its bind mounts", async () => {
  const { tree, precious } = await treeWithCanary();
  await bind(precious, join(tree, "a b", "mount"));
  await bind(precious, join(tree, "a b", "mount"));
  await removeTree(tree);
  expect(await alive(precious)).toBe("alive");
  await expect(stat(tree)).rejects.toThrow("ENOENT");
});

mounting("nor when the tree is itself a mount", async () => {
  const { tree, precious } = await treeWithCanary();
  await bind(precious, tree);
  await removeTree(tree);
  expect(await alive(precious)).toBe("alive");
});

mounting("nor when a symlink leads to the tree, or the path has a slash at its end", async () => {
  for (const path of ["link/tree", "real/tree/", "real/./tree", "link/../real/tree"]) {
    const { tree, precious } = await treeWithCanary();
    await symlink("real", join(rig.path, "link"));
    await bind(precious, join(tree, "mount"));
    await removeTree(`${rig.path}/${path}`);
    expect(await alive(precious), path).toBe("alive");
    await expect(stat(tree), path).rejects.toThrow("ENOENT");
    await removeTree(precious);
    await removeTree(join(rig.path, "link"));
  }
});

mounting("a busy mount is detached all the same", async () => {
  const { tree, precious } = await treeWithCanary();
  await bind(precious, join(tree, "mount"));
  const before = process.cwd();
  process.chdir(join(tree, "mount"));
  try {
    await removeTree(tree);
  } finally {
    process.chdir(before);
  }
  expect(await alive(precious)).toBe("alive");
});

test("a symlink is removed, and what it points to stays", async () => {
  const { tree, precious } = await treeWithCanary();
  await symlink(precious, join(tree, "inside"));
  await symlink(precious, join(rig.path, "link"));
  await removeTree(join(rig.path, "link"));
  await removeTree(tree);
  expect(await alive(precious)).toBe("alive");
  await expect(stat(join(rig.path, "link"))).rejects.toThrow("ENOENT");
});

test("what is not there is removed already", async () => {
  await removeTree(join(rig.path, "nowhere"));
  await removeTree(join(rig.path, "nowhere", "deeper"));
});
