import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Change, journalPath, readChanges, remember, writeChanges } from "../src/journal.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pibuild binfmt-"));
});
afterAll(() => rm(directory, { recursive: true }));

const on: Change = { arch: "arm64", kind: "switched-on", name: "qemu-aarch64" };
const off: Change = { arch: "arm", kind: "switched-off", name: "qemu-arm" };

test("changes are remembered in their order, and the file goes with the last", async () => {
  const path = join(directory, "run", "binfmt.json");
  expect(await readChanges(path)).toEqual([]);
  await remember(path, on);
  await remember(path, off);
  expect(await readChanges(path)).toEqual([on, off]);
  await writeChanges(path, []);
  expect(await readdir(join(directory, "run"))).toEqual([]);
});

test("changes of an earlier boot are none: what was registered ended with it", async () => {
  const path = join(directory, "earlier.json");
  await remember(path, on);
  const journal = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...journal, boot: "another" }));
  expect(await readChanges(path)).toEqual([]);
});

test("root's are with what ends with the boot, a user's with their state", () => {
  const expected =
    process.getuid?.() === 0 ? "/run/pibuild/binfmt.json" : "/home/p/state/pibuild/binfmt.json";
  expect(journalPath({ XDG_STATE_HOME: "/home/p/state" })).toBe(expected);
});
