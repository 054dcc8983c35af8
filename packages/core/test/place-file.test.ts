import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dropParts, openNew, partBeside, placeFile } from "../src/index.ts";

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pibuild place-"));
});
afterEach(() => rm(scratch, { recursive: true }));

test("a file is placed with its content, mode and time, and nothing beside it", async () => {
  const path = join(scratch, "file");
  await writeFile(path, "old");
  await placeFile(path, "new", { mode: 0o640, seconds: 86_400, sync: true });
  const { mode, mtimeMs } = await stat(path);
  expect([mode & 0o777, mtimeMs, await readFile(path, "utf8")]).toEqual([0o640, 86_400_000, "new"]);
  expect(await readdir(scratch)).toEqual(["file"]);
});

test("a link in its place is replaced, and what it leads to is left alone", async () => {
  const [path, target] = [join(scratch, "file"), join(scratch, "target")];
  await writeFile(target, "precious", { mode: 0o600 });
  await symlink(target, path);
  await placeFile(path, "new");
  expect(await readFile(target, "utf8")).toBe("precious");
  expect((await stat(target)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).toBe("new");
});

test("nobody else can read a file before it is whole, and one that fails leaves what was there", async () => {
  const path = join(scratch, "file");
  await writeFile(path, "old");
  const failing = placeFile(path, async (file) => {
    expect((await file.stat()).mode & 0o777).toBe(0o600);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await readdir(scratch)).toEqual(["file"]);
  expect(await readFile(path, "utf8")).toBe("old");
});

test("a name that is taken is refused, whatever is there: a file, a link, or a link to nothing", async () => {
  const path = partBeside(join(scratch, "file"));
  expect(partBeside(join(scratch, "file"))).not.toBe(path);
  await symlink(join(scratch, "nothing"), path);
  await expect(openNew(path)).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readdir(scratch)).toHaveLength(1);
});

test("what killed runs left beside a file goes, and nothing else", async () => {
  const path = join(scratch, "a.img");
  const others = ["a.img", "a.img.part", "a.img.xz.0123456789ab.part", "b.img.0123456789ab.part"];
  for (const name of others) await writeFile(join(scratch, name), "");
  await writeFile(join(scratch, "a.img.0123456789ab.part"), "");
  await mkdir(join(scratch, "a.img.ba9876543210.part/below"), { recursive: true });
  await dropParts(path, { olderMs: 60_000 });
  expect(await readdir(scratch)).toHaveLength(6);
  await dropParts(path);
  expect((await readdir(scratch)).sort()).toEqual(others);
});
