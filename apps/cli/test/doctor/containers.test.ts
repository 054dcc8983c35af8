import type { EngineAnswer } from "@pibuild/host";
import { describe, expect, test } from "vitest";
import { dockerAnswers } from "../../src/doctor/checks/docker-answers.ts";
import { podmanAnswers } from "../../src/doctor/checks/podman-answers.ts";
import { examine, GiB } from "./host-table.ts";

const daemon = {
  state: "answers",
  version: "29.1.0",
  rootless: false,
  cpus: 4,
  memory: 8 * GiB,
  system: "Debian GNU/Linux 13 (trixie)",
  arch: "x64",
  containers: "linux",
  id: "",
} satisfies EngineAnswer;
const desktop = { ...daemon, system: "Docker Desktop" };
const silent = (why: string): EngineAnswer => ({ state: "silent", why });
const small = { ...desktop, memory: 2 * GiB };

describe("on Linux", () => {
  test("no engine is needed", async () => {
    for (const check of [dockerAnswers, podmanAnswers]) {
      expect(await examine(check)).toMatchObject({ status: "ok" });
    }
  });
  test("a daemon that does not answer is a warning with the command that starts it", async () => {
    expect(await examine(dockerAnswers, { docker: silent("no such socket") })).toEqual({
      status: "warn",
      detail: "does not answer: no such socket",
      fix: "sudo systemctl start docker",
    });
  });
  test("a daemon that refuses this user is told apart", async () => {
    const docker = silent("permission denied while trying to connect");
    expect((await examine(dockerAnswers, { docker }))?.fix).toContain("usermod -aG docker");
  });
  test("a daemon without root is said to be so", async () => {
    const found = await examine(dockerAnswers, { docker: { ...daemon, rootless: true } });
    expect(found).toMatchObject({ status: "ok" });
    expect(found?.detail).toContain("rootless: cannot mount layers");
  });
  test("Podman is not asked, because it would leave its storage mounted", async () => {
    expect(await examine(podmanAnswers, { podman: silent("asked") })).toMatchObject({
      status: "ok",
      detail: expect.stringContaining("steps run on this machine itself"),
    });
  });
  test("a native daemon has the host's own size, which another check judges", async () => {
    expect(await examine(dockerAnswers, { docker: { ...daemon, cpus: 1 } })).toEqual({
      status: "ok",
      detail: "29.1.0, as root",
    });
  });
  test("Docker Desktop's virtual machine is judged", async () => {
    expect(await examine(dockerAnswers, { docker: small })).toMatchObject({ status: "warn" });
  });
});

describe("on macOS and Windows", () => {
  test("one of the two has to answer", async () => {
    const platform = "darwin";
    for (const check of [dockerAnswers, podmanAnswers]) {
      expect(await examine(check, { platform })).toMatchObject({ status: "fail" });
      expect(await examine(check, { platform, docker: desktop, podman: silent("") })).toMatchObject(
        { status: check === dockerAnswers ? "ok" : "warn" },
      );
      expect(await examine(check, { platform, podman: daemon })).toMatchObject({ status: "ok" });
    }
  });
  test("a daemon that does not answer fails, and Docker Desktop is to be started", async () => {
    expect(await examine(dockerAnswers, { platform: "win32", docker: silent("x") })).toMatchObject({
      status: "fail",
      fix: "start Docker Desktop",
    });
  });
  test.each([
    ["darwin", "Docker Desktop > Settings > Resources > Advanced: 4 CPUs and 8 GB"],
    ["win32", expect.stringContaining(".wslconfig")],
  ] as const)("a small machine on %s is enlarged where its settings are", async (platform, fix) => {
    for (const docker of [small, { ...desktop, cpus: 1 }]) {
      expect(await examine(dockerAnswers, { platform, docker })).toMatchObject({
        status: "warn",
        fix,
      });
    }
  });
  test("Podman's machine has to run as root to mount layers", async () => {
    const podman = { ...daemon, rootless: true };
    const found = await examine(podmanAnswers, { platform: "darwin", podman });
    expect(found).toMatchObject({ status: "warn", fix: expect.stringContaining("--rootful") });
  });
});
