import { chmod, chown, cp, link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { compareTrees, type Difference } from "../compare-trees.ts";
import { describeTree } from "../describe-tree.ts";

const asRoot = needs("root", "getfattr", "setfattr");
const exec = createExec();

async function makeTree(root: string): Promise<void> {
  await mkdir(join(root, "etc"), { recursive: true });
  await writeFile(join(root, "etc/passwd"), "root\n");
  await writeFile(join(root, "etc/one"), "same\n");
  await link(join(root, "etc/one"), join(root, "etc/two"));
  await symlink("passwd", join(root, "etc/link"));
  await writeFile(join(root, "etc/capable"), "x");
}

/** What a change makes two equal trees differ in. */
async function after(change: (root: string) => Promise<unknown>): Promise<readonly Difference[]> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild trees-"));
  try {
    const [left, right] = [join(directory, "left"), join(directory, "right")];
    await makeTree(left);
    await makeTree(right);
    await change(right);
    const trees = [await describeTree(exec, left), await describeTree(exec, right)] as const;
    return compareTrees(...trees, [{ pattern: /^\/etc\/volatile$/, why: "a test" }]).differences;
  } finally {
    await removeTree(directory);
  }
}

asRoot("equal trees have no difference, whatever their times", async () => {
  expect(await after(async () => {})).toEqual([]);
});

const changes: Record<string, [(root: string) => Promise<unknown>, Partial<Difference>[]]> = {
  "a mode": [
    (root) => chmod(join(root, "etc/passwd"), 0o600),
    [{ path: "/etc/passwd", aspect: "mode", left: "644", right: "600" }],
  ],
  "an owner": [
    (root) => chown(join(root, "etc/passwd"), 7, 8),
    [{ path: "/etc/passwd", aspect: "owner", right: "7:8" }],
  ],
  content: [
    (root) => writeFile(join(root, "etc/passwd"), "toor\n"),
    [{ path: "/etc/passwd", aspect: "content" }],
  ],
  "a symlink's target": [
    async (root) => {
      await rm(join(root, "etc/link"));
      await symlink("one", join(root, "etc/link"));
    },
    [{ path: "/etc/link", aspect: "content", left: "passwd", right: "one" }],
  ],
  "a hard link that is a copy": [
    async (root) => {
      await rm(join(root, "etc/two"));
      await cp(join(root, "etc/one"), join(root, "etc/two"));
    },
    [
      { path: "/etc/one", aspect: "links", left: "/etc/one", right: "" },
      { path: "/etc/two", aspect: "links", left: "/etc/one", right: "" },
    ],
  ],
  "an attribute": [
    (root) =>
      exec.run({
        program: "setfattr",
        args: ["--name=trusted.note", "--value=x", join(root, "etc/capable")],
      }),
    [{ path: "/etc/capable", aspect: "attributes", left: "", right: "trusted.note=0x78" }],
  ],
  "a type": [
    async (root) => {
      await rm(join(root, "etc/passwd"));
      await mkdir(join(root, "etc/passwd"), { mode: 0o644 });
    },
    [
      { path: "/etc/passwd", aspect: "type", left: "file", right: "directory" },
      { path: "/etc/passwd", aspect: "content" },
    ],
  ],
  "a name": [
    (root) => rm(join(root, "etc/link")),
    [{ path: "/etc/link", aspect: "presence", left: "there", right: "absent" }],
  ],
  "nothing, where the path may differ": [(root) => writeFile(join(root, "etc/volatile"), "x"), []],
};

for (const [what, [change, expected]] of Object.entries(changes)) {
  asRoot(`${what} is found`, async () => {
    const found = await after(change);
    expect(found).toHaveLength(expected.length);
    expect(found).toMatchObject(expected);
  });
}
