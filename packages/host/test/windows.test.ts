import { describe, expect, test } from "vitest";
import { detectWindows } from "../src/windows/detect-windows.ts";
import type { ProgramAnswer, WindowsFacts } from "../src/windows/facts.ts";

const answer = (text: string, exitCode = 0): ProgramAnswer => ({
  exitCode,
  output: Buffer.from(text.replaceAll("\n", "\r\n"), "utf16le"),
});

const list = `  NAME              STATE           VERSION
* Ubuntu            Running         2
  Legacy            Stopped         1
  docker-desktop    Running         2
`;
const status = "Default Distribution: Ubuntu\nDefault Version: 2\n";

function host(facts: Partial<WindowsFacts> & { readonly files?: readonly string[] } = {}) {
  const { files = [], ...more } = facts;
  const there = new Set(files.map((file) => file.toLowerCase()));
  return detectWindows({ env: {}, isFile: (path) => there.has(path.toLowerCase()), ...more });
}

describe("Git Bash", () => {
  const env = {
    Path: "C:\\Windows\\System32;C:\\Users\\a\\AppData\\Local\\Microsoft\\WindowsApps",
    ProgramFiles: "C:\\Program Files",
    LOCALAPPDATA: "C:\\Users\\a\\AppData\\Local",
  };
  const ofWsl = [
    "C:\\Windows\\System32\\bash.exe",
    "C:\\Users\\a\\AppData\\Local\\Microsoft\\WindowsApps\\bash.exe",
  ];
  const installed = (git: string) => [`${git}\\bin\\bash.exe`, `${git}\\usr\\bin\\msys-2.0.dll`];

  test("WSL's bash.exe is none", () => {
    expect(host({ env, files: ofWsl }).gitBash).toBeUndefined();
  });

  test.each([
    ["for all users", "C:\\Program Files\\Git"],
    ["for one user", "C:\\Users\\a\\AppData\\Local\\Programs\\Git"],
  ])("installed %s, and WSL's comes first on PATH", (_for, git) => {
    const files = [...ofWsl, ...installed(git)];
    expect(host({ env, files }).gitBash).toBe(`${git}\\bin\\bash.exe`);
  });

  test("beside the git.exe of PATH, wherever that is", () => {
    const files = [...ofWsl, "E:\\Tools\\Git\\cmd\\git.exe", ...installed("E:\\Tools\\Git")];
    const found = host({ env: { ...env, Path: `${env.Path};"E:\\Tools\\Git\\cmd"` }, files });
    expect(found.gitBash).toBe("E:\\Tools\\Git\\bin\\bash.exe");
  });

  test("MSYS2's counts, Cygwin's does not", () => {
    const files = [
      "C:\\cygwin64\\bin\\bash.exe",
      "C:\\cygwin64\\bin\\cygwin1.dll",
      "C:\\msys64\\usr\\bin\\bash.exe",
      "C:\\msys64\\usr\\bin\\msys-2.0.dll",
    ];
    const found = host({ env: { PATH: "C:\\cygwin64\\bin;C:\\msys64\\usr\\bin" }, files });
    expect(found.gitBash).toBe("C:\\msys64\\usr\\bin\\bash.exe");
  });
});

describe("WSL", () => {
  test("no wsl.exe", () => {
    expect(host().wsl).toEqual({ state: "absent" });
  });

  test("distributions with their versions, without Docker Desktop's own", () => {
    expect(host({ wslStatus: answer(status), wslList: answer(list) }).wsl).toEqual({
      state: "usable",
      distributions: [
        { name: "Ubuntu", version: 2, isDefault: true },
        { name: "Legacy", version: 1, isDefault: false },
      ],
      defaultName: "Ubuntu",
    });
  });

  test.each<[string, string | Uint8Array]>([
    ["as UTF-8, with WSL_UTF8=1", Buffer.from(list)],
    ["as UTF-16 that was read as UTF-8", Buffer.from(list, "utf16le").toString("utf8")],
    ["as UTF-16 with a mark", Buffer.from(`\ufeff${list}`, "utf16le")],
  ])("%s", (_how, output) => {
    const { wsl } = host({ wslStatus: answer(status), wslList: { exitCode: 0, output } });
    expect(wsl).toMatchObject({ defaultName: "Ubuntu", distributions: [{}, { name: "Legacy" }] });
  });

  test.each([
    ["German", "  NAME      STATUS             VERSION\n* Debian    Wird ausgeführt    2\n"],
    ["Chinese", "  名称        状态         版本\n* Debian    正在运行       2\n"],
  ])("in %s", (_language, text) => {
    expect(host({ wslStatus: answer("x"), wslList: answer(text) }).wsl).toMatchObject({
      distributions: [{ name: "Debian", version: 2, isDefault: true }],
    });
  });

  test("Docker Desktop's own may be the default", () => {
    const only =
      "  NAME              STATE           VERSION\n* docker-desktop    Running         2\n";
    expect(host({ wslStatus: answer(status), wslList: answer(only) }).wsl).toEqual({
      state: "usable",
      distributions: [],
      defaultName: "docker-desktop",
    });
  });

  test("no row is marked, and the status names the default", () => {
    const wslList = answer(list.replace("*", " "));
    const wslStatus = answer("Standarddistribution: Ubuntu\nStandardversion: 2\n");
    expect(host({ wslStatus, wslList }).wsl).toMatchObject({
      defaultName: "Ubuntu",
      distributions: [{ isDefault: true }, { isDefault: false }],
    });
    expect(host({ wslStatus: answer("Default Version: 1\n"), wslList }).wsl).toMatchObject({
      defaultName: undefined,
    });
  });

  test("wsl.exe is there, WSL is not installed", () => {
    const text =
      "\nThe Windows Subsystem for Linux is not installed. You can install by running 'wsl.exe --install'.\n";
    const { wsl } = host({ wslStatus: answer(text, 50), wslList: answer(text, 1) });
    expect(wsl).toEqual({ state: "unusable", detail: text.trim() });
  });

  test("no distribution yet", () => {
    const none = answer(
      "Windows Subsystem for Linux has no installed distributions.\n",
      0xffffffff,
    );
    const { wsl } = host({ wslStatus: answer("Default Version: 2\n"), wslList: none });
    expect(wsl).toEqual({ state: "usable", distributions: [], defaultName: undefined });
  });
});
