import { mkdtemp, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPibuildError, removeTree } from "@pibuild/core";
import { type Tree, writeTree } from "@pibuild/test-kit";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProjectFile } from "../src/files/project-file.ts";
import { writeProject } from "../src/files/write-project.ts";
import { requireEmpty } from "../src/new/require-empty.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pibuild project-"));
});
afterEach(() => removeTree(directory));

const text = (path: string) => readFile(join(directory, path), "utf8");

const cases: readonly (readonly [
  ProjectFile["where"],
  had: string,
  written: string,
  left: string,
])[] = [
  ["keep", "mine\n", "ours\n", "mine\n"],
  ["replace", "old\n", "new\n", "new\n"],
  ["append", "dist/\n*.img", "node_modules/\ndist/\n", "dist/\n*.img\nnode_modules/\n"],
  ["append", "dist/\r\nnode_modules/\r\n", "node_modules/\ndist/\n", "dist/\r\nnode_modules/\r\n"],
  ["prepend", "*.png binary\n", "* text=auto\n", "* text=auto\n*.png binary\n"],
];

test.each(cases)("a file that is there and is to %s: %j", async (where, had, ours, left) => {
  await writeTree(directory, { "a/file": had });
  const { written, kept } = await writeProject(directory, [{ path: "a/file", text: ours, where }]);
  expect(await text("a/file")).toBe(left);
  expect({ written, kept }).toEqual({
    written: left === had ? [] : ["a/file"],
    kept: where === "keep" ? ["a/file"] : [],
  });
});

test("a file that must be new is there: nothing at all is written", async () => {
  await writeTree(directory, { "apps/a/image.yaml": "stages: []\n" });
  const files: ProjectFile[] = [
    { path: "first", text: "x", where: "keep" },
    { path: "apps/a/image.yaml", text: "y", where: "new" },
  ];
  const error = await writeProject(directory, files).catch((thrown: unknown) => thrown);
  expect(isPibuildError(error, "PROJECT_EXISTS")).toBe(true);
  await expect(text("first")).rejects.toThrow("ENOENT");
});

test("a secret is its owner's alone, and a script can be run", async () => {
  await writeProject(directory, [
    { path: "a.secret", text: "x\n", mode: 0o600, where: "keep" },
    { path: "run.sh", text: "x\n", mode: 0o755, where: "new" },
  ]);
  const modes = await Promise.all(
    ["a.secret", "run.sh"].map((path) => stat(join(directory, path))),
  );
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o755]);
});

const directories: readonly (readonly [Tree, found: readonly string[]])[] = [
  [{}, []],
  [{ ".git/config": "", "README.md": "", LICENSE: "", ".gitignore": "" }, []],
  [{ "main.py": "", "README.md": "" }, ["main.py"]],
  [{ "apps/a/image.yaml": "" }, ["apps"]],
];

test.each(directories)(
  "a new project goes where there is only a new repository: %j",
  async (files, found) => {
    await writeTree(directory, files);
    const error = await requireEmpty(directory).catch((thrown: unknown) => thrown);
    if (found.length === 0) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: "PROJECT_NOT_EMPTY", data: { found } });
  },
);
