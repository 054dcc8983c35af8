import { PibuildError } from "@pibuild/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertPath } from "../src/paths/convert-path.ts";
import {
  type PathForm,
  type PathProblem,
  pathProblems,
  readers,
} from "../src/paths/path-problems.ts";

const wsl = { distribution: "Debian" } as const;

describe("a path of Windows, for each of its readers", () => {
  test.each([
    ["C:\\x", "/c/x", "/mnt/c/x", "C:/x"],
    ["c:\\x", "/c/x", "/mnt/c/x", "C:/x"],
    ["C:/x/y", "/c/x/y", "/mnt/c/x/y", "C:/x/y"],
    ["D:\\a/b\\\\c\\", "/d/a/b/c", "/mnt/d/a/b/c", "D:/a/b/c"],
    ["C:\\", "/c", "/mnt/c", "C:/"],
    ["C:\\a\\.\\b\\..\\c", "/c/a/c", "/mnt/c/a/c", "C:/a/c"],
    ["C:\\..\\..\\a", "/c/a", "/mnt/c/a", "C:/a"],
    [
      "C:\\My Files\\Öl & 油",
      "/c/My Files/Öl & 油",
      "/mnt/c/My Files/Öl & 油",
      "C:/My Files/Öl & 油",
    ],
    ["\\\\?\\C:\\very\\long", "/c/very/long", "/mnt/c/very/long", "C:/very/long"],
    ["apps\\kiosk", "apps/kiosk", "apps/kiosk", "./apps/kiosk"],
    ["..\\stages\\.\\a", "../stages/a", "../stages/a", "./../stages/a"],
    [".", ".", ".", "./"],
  ])("%s", (windows, gitBash, inWsl, docker) => {
    expect(convertPath(windows, { from: "windows", to: "git-bash" })).toBe(gitBash);
    expect(convertPath(windows, { from: "windows", to: "wsl" })).toBe(inWsl);
    expect(convertPath(windows, { from: "windows", to: "docker" })).toBe(docker);
  });

  test.each([
    ["\\\\wsl$\\Debian\\home\\x", "//wsl.localhost/Debian/home/x", "/home/x"],
    ["\\\\wsl.localhost\\debian\\home\\a b", "//wsl.localhost/debian/home/a b", "/home/a b"],
    ["//WSL.LOCALHOST/Debian/home", "//wsl.localhost/Debian/home", "/home"],
    ["\\\\?\\UNC\\wsl$\\Debian\\etc", "//wsl.localhost/Debian/etc", "/etc"],
    ["\\\\wsl$\\Debian", "//wsl.localhost/Debian", "/"],
  ])("in a distribution: %s", (windows, gitBash, inWsl) => {
    expect(convertPath(windows, { from: "windows", to: "git-bash" })).toBe(gitBash);
    expect(convertPath(windows, { from: "windows", to: "wsl", ...wsl })).toBe(inWsl);
  });
});

describe("for Windows", () => {
  test.each<[PathForm, string, string]>([
    ["git-bash", "/c/x", "C:\\x"],
    ["git-bash", "/C", "C:\\"],
    ["git-bash", "/c/../d/x", "D:\\x"],
    ["git-bash", "/c\\x/y", "C:\\x\\y"],
    ["git-bash", "c:/x", "C:\\x"],
    ["git-bash", "//wsl$/Debian/home", "\\\\wsl.localhost\\Debian\\home"],
    ["git-bash", "./a/b", "a\\b"],
    ["wsl", "/mnt/c/x y", "C:\\x y"],
    ["wsl", "/mnt/c/../d", "D:\\"],
    ["wsl", "/home/x", "\\\\wsl.localhost\\Debian\\home\\x"],
    ["wsl", "/mnt", "\\\\wsl.localhost\\Debian\\mnt"],
    ["wsl", "/mnt/data/x", "\\\\wsl.localhost\\Debian\\mnt\\data\\x"],
    // Linux tells case apart: no drive is mounted so.
    ["wsl", "/mnt/C/x", "\\\\wsl.localhost\\Debian\\mnt\\C\\x"],
    ["wsl", "/", "\\\\wsl.localhost\\Debian\\"],
    ["wsl", "../a", "..\\a"],
    ["docker", "//c/x", "C:\\x"],
    ["docker", "/c/x", "C:\\x"],
    ["docker", "C:\\x", "C:\\x"],
    ["docker", "/run/desktop/mnt/host/c/x", "C:\\x"],
    ["docker", "/host_mnt/d/x", "D:\\x"],
  ])("from %s: %s", (from, path, windows) => {
    expect(convertPath(path, { from, to: "windows", ...wsl })).toBe(windows);
  });
});

test.each([
  ["/", "/c/x"],
  ["/windows/", "/windows/c/x"],
  ["/media/drives", "/media/drives/c/x"],
])("drives below an automount root of %s", (automountRoot, inWsl) => {
  const options = { ...wsl, automountRoot };
  expect(convertPath("C:\\x", { from: "windows", to: "wsl", ...options })).toBe(inWsl);
  expect(convertPath(inWsl, { from: "wsl", to: "windows", ...options })).toBe("C:\\x");
});

test.each<[string, PathForm, PathForm, PathProblem]>([
  ["\\\\nas\\share\\x", "windows", "docker", "network-share"],
  ["\\\\?\\UNC\\nas\\share", "windows", "wsl", "network-share"],
  ["//nas/share", "git-bash", "windows", "network-share"],
  ["\\\\wsl$", "windows", "wsl", "network-share"],
  ["C:x", "windows", "wsl", "drive-relative"],
  ["C:", "windows", "git-bash", "drive-relative"],
  ["\\x", "windows", "wsl", "no-drive"],
  ["/x/y", "windows", "wsl", "no-drive"],
  ["\\\\.\\COM1", "windows", "wsl", "device"],
  ["\\\\?\\Volume{01}\\x", "windows", "wsl", "device"],
  ["C:\\a\\aux.txt", "windows", "wsl", "bad-name"],
  ["C:\\a:stream", "windows", "wsl", "bad-name"],
  ["/mnt/c/a:b", "wsl", "docker", "bad-name"],
  ["/mnt/c/ends.", "wsl", "git-bash", "bad-name"],
  ["/home/a\\b", "wsl", "windows", "bad-name"],
  ["/usr/bin", "git-bash", "windows", "own-tree"],
  ["/", "git-bash", "windows", "own-tree"],
  ["\\\\wsl$\\Ubuntu\\x", "windows", "wsl", "other-distribution"],
  ["\\\\wsl$\\Debian\\x", "windows", "docker", "in-distribution"],
])("%s, from %s to %s, is refused", (path, from, to, problem) => {
  const error = thrownBy(() => convertPath(path, { from, to, ...wsl }));
  const { why, hint } = pathProblems[problem];
  expect(error).toMatchObject({ code: "PATH_FOREIGN", data: { path, hint } });
  // Either of the two may be unable to name it.
  expect([from, to].map((form) => `\`${path}\` ${why(readers[form])}`)).toContain(error.message);
});

test("a path of a distribution that is not named", () => {
  const error = thrownBy(() => convertPath("/home/x", { from: "wsl", to: "windows" }));
  expect(error.data).toMatchObject({ problem: expect.stringContaining("which one was not said") });
});

/** Names that every system here can give to a file. */
const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !/[<>:"/\\|?*\p{Cc}]|[ .]$/u.test(text))
  .filter((text) => !/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i.test(text));
const drive = fc.constantFrom(..."CDXZ");
const others = fc.constantFrom<PathForm>("git-bash", "wsl", "docker");

describe("there and back gives the same path", () => {
  test("on a drive", () => {
    fc.assert(
      fc.property(
        drive,
        fc.array(name),
        others,
        fc.constantFrom("/", "/mnt/", "/a/b"),
        (letter, names, form, automountRoot) => {
          const path = `${letter}:\\${names.join("\\")}`;
          const there = convertPath(path, { from: "windows", to: form, ...wsl, automountRoot });
          expect(convertPath(there, { from: form, to: "windows", ...wsl, automountRoot })).toBe(
            path,
          );
        },
      ),
    );
  });

  test("between any two forms", () => {
    fc.assert(
      fc.property(drive, fc.array(name), others, others, (letter, names, one, other) => {
        const path = convertPath(`${letter}:\\${names.join("\\")}`, { from: "windows", to: one });
        const there = convertPath(path, { from: one, to: other });
        expect(convertPath(there, { from: other, to: one })).toBe(path);
      }),
    );
  });

  test("in a distribution, but for the drives that it mounts", () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        fc.pre(names[0] !== "mnt");
        const path = `/${names.join("/")}`;
        const there = convertPath(path, { from: "wsl", to: "windows", ...wsl });
        expect(convertPath(there, { from: "windows", to: "wsl", ...wsl })).toBe(path);
      }),
    );
  });
});

function thrownBy(action: () => unknown): PibuildError {
  try {
    action();
  } catch (error) {
    if (error instanceof PibuildError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
