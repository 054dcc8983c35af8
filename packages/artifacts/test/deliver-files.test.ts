import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deliverFiles, prepareDelivery } from "../src/index.ts";

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pibuild deliver-"));
});
afterEach(() => rm(scratch, { recursive: true }));

async function artifact(name: string, text: string) {
  const path = join(scratch, name);
  await writeFile(path, text);
  return { path, bytes: text.length, sha256: sha256(text) };
}

test("files are copied into a directory that is made for them", async () => {
  const output = join(scratch, "a", "b");
  expect(await prepareDelivery(output)).toBe(join(scratch, "a"));
  expect(await prepareDelivery(output)).toBeUndefined();
  const files = [await artifact("x.img.xz", "image"), await artifact("x.img.xz.sha256", "sum")];
  await chmod(join(scratch, "x.img.xz"), 0o600);
  await utimes(join(scratch, "x.img.xz"), 86400, 86400);
  const written = await deliverFiles(files, output);
  expect(written.map(({ path }) => path)).toEqual(
    ["x.img.xz", "x.img.xz.sha256"].map((name) => join(output, name)),
  );
  expect(await readdir(output)).toEqual(["x.img.xz", "x.img.xz.sha256"]);
  const to = await stat(join(output, "x.img.xz"));
  expect(to.mtimeMs).toBe(86400_000);
  expect(to.mode & 0o777).toBe(0o644);
});

test("what is there with the same bytes is left alone, and anything else replaced", async () => {
  const output = join(scratch, "out");
  const files = [await artifact("same", "bytes"), await artifact("other", "new bytes")];
  await mkdir(output);
  await writeFile(join(output, "same"), "bytes");
  await writeFile(join(output, "other"), "old bytes");
  const { ctimeMs } = await stat(join(output, "same"));
  const written = await deliverFiles(files, output);
  expect(written.map(({ path }) => path)).toEqual([join(output, "other")]);
  expect((await stat(join(output, "same"))).ctimeMs).toBe(ctimeMs);
  expect(await readFile(join(output, "other"), "utf8")).toBe("new bytes");
});

test("a copy that fails leaves what was there", async () => {
  const output = join(scratch, "out");
  const gone = { ...(await artifact("gone", "new")), path: join(scratch, "nowhere", "gone") };
  await mkdir(output);
  await writeFile(join(output, "gone"), "old");
  await expect(deliverFiles([gone], output)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await readdir(output)).toEqual(["gone"]);
  expect(await readFile(join(output, "gone"), "utf8")).toBe("old");
});

test("a directory that cannot take files says why", async () => {
  const { path } = await artifact("file", "");
  for (const directory of [path, join(path, "below")]) {
    await expect(prepareDelivery(directory)).rejects.toMatchObject({
      code: "OUTPUT_UNUSABLE",
      data: { directory, reason: "it is no directory" },
    });
  }
});

test("a link that waits for it is not followed, whatever its name", async () => {
  const output = join(scratch, "out");
  const target = join(scratch, "precious");
  await mkdir(output);
  await writeFile(target, "precious", { mode: 0o600 });
  for (const name of ["x.img", "x.img.part"]) await symlink(target, join(output, name));
  // Also where it leads to the same bytes.
  const file = await artifact("x.img", "precious");
  expect(await deliverFiles([file], output, { mode: 0o600 })).toHaveLength(1);
  expect(await readFile(target, "utf8")).toBe("precious");
  expect((await stat(target)).mode & 0o777).toBe(0o600);
  expect((await lstat(join(output, "x.img"))).isFile()).toBe(true);
});

needs("root")("root refuses a directory of somebody else, and makes nothing there", async () => {
  const theirs = join(scratch, "theirs");
  await mkdir(theirs);
  await chown(theirs, 4321, 4321);
  const files = [await artifact("x.img", "image")];
  const owners = new Set([0, 1234]);
  for (const directory of [theirs, join(theirs, "below")]) {
    const refused = { code: "OUTPUT_UNUSABLE", data: { directory } };
    await expect(prepareDelivery(directory, { owners })).rejects.toMatchObject(refused);
    await expect(deliverFiles(files, directory, { owners })).rejects.toMatchObject(refused);
  }
  expect(await readdir(theirs)).toEqual([]);
  await chown(theirs, 1234, 1234);
  expect(await deliverFiles(files, join(theirs, "below"), { owners })).toHaveLength(1);
});
