import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import type { WindowsHost } from "@pibuild/host";
import { expect, test } from "vitest";
import { linuxOnWindows } from "../../src/doctor/checks/linux-on-windows.ts";
import { readWindows } from "../../src/host/windows.ts";
import { examine } from "./host-table.ts";

const ubuntu = { name: "Ubuntu", version: 2, isDefault: true } as const;
const old = { name: "Legacy", version: 1, isDefault: false } as const;
const usable = (...distributions: (typeof ubuntu | typeof old)[]): WindowsHost["wsl"] => ({
  state: "usable",
  distributions,
  defaultName: undefined,
});

test.each<[string, WindowsHost["wsl"], string, string | undefined]>([
  ["a distribution", usable(old, ubuntu), "WSL: Legacy (1), Ubuntu (2)", undefined],
  ["old ones alone", usable(old), "WSL: Legacy (1)", "wsl.exe --set-version Legacy 2"],
  ["none", usable(), "WSL without a distribution", "wsl.exe --install Debian"],
  ["no WSL", { state: "absent" }, "no WSL", "wsl.exe --install Debian"],
  ["a broken WSL", { state: "unusable", detail: "x" }, "not work: x", "wsl.exe --install Debian"],
])("Windows with %s", async (_what, wsl, detail, fix) => {
  const found = await examine(linuxOnWindows, { windows: { wsl, gitBash: "C:\\Git\\bash.exe" } });
  expect(found?.status).toBe(fix === undefined ? "ok" : "warn");
  expect(found?.detail).toContain(detail);
  expect(found?.detail).toContain("Git Bash: C:\\Git\\bash.exe");
  expect(found?.fix).toBe(fix);
});

test("the question does not arise elsewhere", async () => {
  expect(await examine(linuxOnWindows)).toBeUndefined();
});

test("wsl.exe is asked, and may refuse", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-wsl-"));
  const wsl = join(scratch.path, "wsl.exe");
  const script = `#!/bin/sh
case $1 in
--status) echo "Default Distribution: Debian" ;;
--list) printf '  NAME    STATE    VERSION\\n* Debian  Stopped  2\\n' ;;
esac\n`;
  await writeFile(wsl, script, { mode: 0o755 });
  const read = () => readWindows(createExec(), {}, () => wsl, "win32");
  expect(await read()).toMatchObject({
    wsl: { distributions: [{ name: "Debian", version: 2, isDefault: true }] },
  });
  await writeFile(wsl, "#!/bin/sh\necho WSL is not installed\nexit 50\n", { mode: 0o755 });
  expect(await read()).toMatchObject({
    wsl: { state: "unusable", detail: "WSL is not installed" },
  });
});
