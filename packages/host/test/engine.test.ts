import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { askEngine } from "../src/engine/ask-engine.ts";
import { errorLine, parseEngine } from "../src/engine/parse-engine.ts";

const said = (document: unknown, stderr = "") => ({ stdout: JSON.stringify(document), stderr });

describe("what engines print", () => {
  test("Docker with a daemon, after a warning", () => {
    const { stdout } = said({
      ID: "id",
      ServerVersion: "29.1.0",
      Architecture: "aarch64",
      NCPU: 2,
      MemTotal: 4109434880,
      OperatingSystem: "Docker Desktop",
      OSType: "linux",
      SecurityOptions: ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"],
    });
    expect(parseEngine("docker", { stdout: `WARNING: old\r\n${stdout}\r\n`, stderr: "" })).toEqual({
      state: "answers",
      version: "29.1.0",
      rootless: true,
      arch: "arm64",
      cpus: 2,
      memory: 4109434880,
      system: "Docker Desktop",
      containers: "linux",
      id: "id",
    });
  });

  test("Docker Desktop that was switched to containers of Windows", () => {
    expect(
      parseEngine("docker", said({ ServerVersion: "29.1.0", OSType: "windows" })),
    ).toMatchObject({ state: "answers", containers: "windows" });
  });

  const why = "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?";
  test.each([
    ["before 28: in the document", said({ ServerErrors: [why], ClientInfo: {} }, "errors")],
    ["since 28: on standard error", said({ ServerVersion: "", ID: "" }, `${why}\n`)],
    ["behind another line", said({ ServerVersion: "" }, `errors pretty printing info\n${why}`)],
    ["as text", { stdout: "", stderr: `WARNING: x\n${why}` }],
    ["on standard output", { stdout: why, stderr: "" }],
  ])("Docker without one says why, %s", (_where, printed) => {
    expect(parseEngine("docker", printed)).toEqual({ state: "silent", why });
  });

  test("a document that was cut short is shown", () => {
    expect(parseEngine("docker", { stdout: '{"OSType":"li', stderr: "" })).toEqual({
      state: "silent",
      why: '{"OSType":"li',
    });
  });

  test("Podman, with and without its machine", () => {
    const host = { arch: "amd64", cpus: 6, memTotal: 2048, security: { rootless: true } };
    const document = { host, version: { Version: "5.4.2" }, store: { graphRoot: "/storage" } };
    expect(parseEngine("podman", said(document))).toMatchObject({
      ...{ version: "5.4.2", rootless: true, arch: "x64", cpus: 6, memory: 2048, id: "/storage" },
    });
    expect(
      parseEngine("podman", { stdout: "", stderr: "Cannot connect to Podman." }),
    ).toMatchObject({ state: "silent", why: "Cannot connect to Podman." });
  });
});

test.each([
  ["the line with the error", ["level=warning a", "Error: b", "see c"], "Error: b"],
  ["else the last", ["a", "b", ""], "b"],
  ["nothing", ["", "level=warning a"], undefined],
])("of an engine's lines counts %s", (_what, lines, line) => {
  expect(errorLine(lines)).toBe(line);
});

test.each([0, 1])(
  "a daemon that is not there is told in the program's words (exit code %i)",
  async (code) => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-engine-"));
    const docker = join(scratch.path, "docker");
    const script = `#!/bin/sh\necho '{"ServerVersion":""}'\necho "no daemon at $DOCKER_HOST" >&2\nexit ${code}\n`;
    await writeFile(docker, script, { mode: 0o755 });
    process.env.PIBUILD_TOOL_DOCKER = docker;
    try {
      expect(await askEngine("docker", { DOCKER_HOST: "tcp://box:2375" })).toEqual({
        state: "silent",
        why: "no daemon at tcp://box:2375",
      });
    } finally {
      delete process.env.PIBUILD_TOOL_DOCKER;
    }
  },
);

test("an engine that is not installed is absent", async () => {
  process.env.PIBUILD_TOOL_PODMAN = "/no/such/podman";
  try {
    expect(await askEngine("podman", {})).toEqual({ state: "absent" });
  } finally {
    delete process.env.PIBUILD_TOOL_PODMAN;
  }
});
