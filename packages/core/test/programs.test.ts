import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { baseEnvironment } from "../src/exec/base-environment.ts";
import { findProgram, searchPath } from "../src/exec/find-program.ts";
import { slashed } from "../src/text/path-forms.ts";
import { scratch } from "./scratch.ts";

describe("on Windows", () => {
  test("a program is found by how its name ends, in PATHEXT's order", async () => {
    await using directory = await scratch();
    await programs(directory.path, "git", "git.cmd", "git.exe");
    const env = { PATH: directory.path, PATHEXT: ".COM;.EXE;.CMD" };
    expect(findProgram("git", env, "win32")).toBe(join(directory.path, "git.exe"));
    expect(findProgram("git", env, "linux")).toBe(join(directory.path, "git"));
  });

  test("a file without an ending is no program", async () => {
    await using directory = await scratch();
    await programs(directory.path, "git");
    expect(findProgram("git", { PATH: directory.path }, "win32")).toBeUndefined();
  });

  test("Debian's directories are not searched", () => {
    expect(searchPath({ PATH: "/a" }, "win32")).toBe("/a");
    const more = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
    expect(searchPath({ PATH: "/a" }, "linux")).toBe(`/a:${more}`);
  });

  test("programs get what leads to the system and to their user's settings, and no more", () => {
    const own = { SystemRoot: "C:\\Windows", USERPROFILE: "C:\\Users\\a" };
    const env = { ...own, PATH: "/a", SECRET: "x" };
    const fixed = { LANG: "C.UTF-8", TZ: "UTC", TERM: "dumb" };
    const onWindows = { ...fixed, ...own, PATH: "/a", HOME: own.USERPROFILE };
    expect(baseEnvironment(env, "win32")).toEqual(onWindows);
    const onLinux = { ...fixed, PATH: searchPath(env, "linux"), HOME: "/home/a" };
    expect(baseEnvironment({ ...env, HOME: "/home/a" }, "linux")).toEqual(onLinux);
  });
});

test("paths in fingerprints have slashes; a backslash in a name of Linux stays", () => {
  expect(slashed("a\\b\\c", "\\")).toBe("a/b/c");
  expect(slashed("a\\b/c", "/")).toBe("a\\b/c");
});

async function programs(directory: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await writeFile(join(directory, name), "");
    await chmod(join(directory, name), 0o755);
  }
}
