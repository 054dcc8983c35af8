import { describe, expect, test } from "vitest";
import { kernelCanMount } from "../../src/doctor/checks/kernel-can-mount.ts";
import { machineIsBigEnough } from "../../src/doctor/checks/machine-is-big-enough.ts";
import { mayBecomeRoot } from "../../src/doctor/checks/may-become-root.ts";
import { pagesAreSmall } from "../../src/doctor/checks/pages-are-small.ts";
import { wslIsFit } from "../../src/doctor/checks/wsl-is-fit.ts";
import { examine, GiB } from "./host-table.ts";

describe("processors and memory", () => {
  test.each([
    ["two processors and a machine sold with 4 GB", 2, 3.7 * GiB, "ok"],
    ["one processor", 1, 8 * GiB, "warn"],
    ["2 GB", 4, 1.9 * GiB, "warn"],
  ])("%s", async (_name, cpus, memory, status) => {
    expect(await examine(machineIsBigEnough, { cpus, memory })).toMatchObject({ status });
  });
});

describe("pages of the kernel", () => {
  test("16 KiB stop an armhf image, with the line that changes it", async () => {
    const found = await examine(pagesAreSmall, { pageSize: 16384, image: { arch: "armhf" } });
    expect(found).toEqual({
      status: "fail",
      detail: "pages of 16 KiB, but pi: armhf programs need 4 KiB",
      fix: "add `kernel=kernel8.img` to /boot/firmware/config.txt and reboot",
    });
  });
  test("16 KiB do not matter to arm64", async () => {
    expect(await examine(pagesAreSmall, { pageSize: 16384 })).toMatchObject({ status: "ok" });
  });
  test("4 KiB suit armhf", async () => {
    const found = await examine(pagesAreSmall, { image: { arch: "armhf" } });
    expect(found).toEqual({ status: "ok", detail: "pages of 4 KiB" });
  });
});

describe("root", () => {
  test.each([
    ["an ordinary user with sudo", false, ["sudo"], "ok"],
    ["an ordinary user without sudo", false, [], "fail"],
    ["root", true, [], "ok"],
  ])("%s", async (_name, root, programs, status) => {
    expect(await examine(mayBecomeRoot, { root, programs })).toMatchObject({ status });
  });
});

describe("parts of the kernel", () => {
  const without = ["overlay", "loop"];
  test("a part that the kernel can load is as good as there", async () => {
    const kernel = { loaded: without, modules: ["ext4", "squashfs"] };
    expect(await examine(kernelCanMount, { kernel })).toEqual({
      status: "ok",
      detail: "overlay, squashfs, loop (loaded on use: squashfs)",
    });
  });
  test("a part that it cannot load fails", async () => {
    const kernel = { loaded: without, modules: ["ext4"] };
    const found = await examine(kernelCanMount, { kernel, release: "6.8.0-1-aws" });
    expect(found).toMatchObject({ status: "fail", detail: "Linux 6.8.0-1-aws has no squashfs" });
    expect(found?.fix).toContain("linux-modules-extra-6.8.0-1-aws");
  });
  test("without the kernel's modules at hand it is a warning that can be tried away", async () => {
    const kernel = { loaded: without, modules: undefined };
    const found = await examine(kernelCanMount, { kernel });
    expect(found).toMatchObject({ status: "warn", mend: expect.any(Function) });
    expect(found?.fix).toContain("modprobe -a squashfs");
  });
});

describe("the Windows Subsystem for Linux", () => {
  test("elsewhere there is nothing to say", async () => {
    expect(await examine(wslIsFit)).toBeUndefined();
  });
  test("version 1 fails, with the command that converts this distribution", async () => {
    const wsl = { version: 1, systemd: false } as const;
    expect(await examine(wslIsFit, { wsl, env: { WSL_DISTRO_NAME: "Debian" } })).toMatchObject({
      status: "fail",
      fix: "in PowerShell: wsl.exe --set-version Debian 2",
    });
  });
  test("without systemd the lines of wsl.conf are named", async () => {
    const found = await examine(wslIsFit, { wsl: { version: 2, systemd: false } });
    expect(found?.status).toBe("warn");
    expect(found?.fix).toContain("`[boot]` and `systemd=true` to /etc/wsl.conf");
  });
  test.each([
    ["by its path", { workspace: "/mnt/c/work" }],
    ["by its filesystem", { volumes: { "/": { type: "9p" } } }],
  ])("a workspace on a drive of Windows is told %s", async (_name, place) => {
    const found = await examine(wslIsFit, { wsl: { version: 2, systemd: true }, ...place });
    expect(found?.status).toBe("warn");
    expect(found?.detail).toContain("is on a drive of Windows: slow, and modes are lost");
  });
  test("two things wrong are both told, each with what mends it", async () => {
    const wsl = { version: 2, systemd: false } as const;
    const found = await examine(wslIsFit, { wsl, workspace: "/mnt/d/work" });
    expect(found?.detail).toMatch(/without systemd; .* drive of Windows/);
    expect(found?.fix?.split("\n")).toHaveLength(2);
  });
  test("version 2 with systemd and a workspace of its own is well", async () => {
    const wsl = { version: 2, systemd: true } as const;
    expect(await examine(wslIsFit, { wsl })).toMatchObject({ status: "ok" });
  });
});
