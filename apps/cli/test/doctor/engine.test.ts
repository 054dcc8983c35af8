import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { dockerAnswers } from "../../src/doctor/checks/docker-answers.ts";
import { parseEngine, readEngine } from "../../src/host/engine.ts";
import { examine } from "./host-table.ts";
import { startDocker } from "./start-docker.ts";

const { signal } = new AbortController();

describe("what engines print", () => {
  test("Docker with a daemon", () => {
    const text = JSON.stringify({
      ServerVersion: "29.1.0",
      NCPU: 2,
      MemTotal: 4109434880,
      OperatingSystem: "Docker Desktop",
      SecurityOptions: ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"],
    });
    expect(parseEngine("docker", `WARNING: old config\n${text}`, "")).toEqual({
      state: "answers",
      version: "29.1.0",
      rootless: true,
      cpus: 2,
      memory: 4109434880,
      system: "Docker Desktop",
    });
  });
  test("Docker without one says why, in the document or beside it", () => {
    const [why, notes] = ["Cannot connect.", "errors pretty printing info\nCannot connect."];
    const silent = { state: "silent", why };
    const text = JSON.stringify({ ID: "", NCPU: 0, MemTotal: 0, ServerVersion: "" });
    expect(parseEngine("docker", text, notes)).toEqual(silent);
    expect(parseEngine("docker", "", notes)).toEqual(silent);
    expect(parseEngine("docker", JSON.stringify({ ServerErrors: [why] }), "errors")).toEqual(
      silent,
    );
  });
  test("Podman", () => {
    const host = { cpus: 6, memTotal: 2048, security: { rootless: true } };
    const text = JSON.stringify({ host, version: { Version: "5.4.2" } });
    expect(parseEngine("podman", text, "")).toMatchObject({
      ...{ version: "5.4.2", rootless: true, cpus: 6, memory: 2048 },
    });
    expect(parseEngine("podman", "", "Cannot connect to Podman.")).toMatchObject({
      ...{ state: "silent", why: "Cannot connect to Podman." },
    });
  });
});

test.each([0, 1])(
  "a daemon that is not there is told in the program's words (exit code %i)",
  async (code) => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-engine-"));
    const docker = join(scratch.path, "docker");
    const script = `#!/bin/sh\necho '{"ServerVersion":""}'\necho "no daemon at $DOCKER_HOST" >&2\nexit ${code}\n`;
    await writeFile(docker, script, { mode: 0o755 });
    vi.stubEnv("PIBUILD_TOOL_DOCKER", docker);
    try {
      expect(await readEngine("docker", { DOCKER_HOST: "tcp://box:2375" }, signal)).toEqual({
        state: "silent",
        why: "no daemon at tcp://box:2375",
      });
    } finally {
      vi.unstubAllEnvs();
    }
  },
);

const real = await startDocker();
const onDocker = "why" in real ? test.skip : test;
onDocker(`a real daemon says what it has${"why" in real ? ` (${real.why})` : ""}`, async () => {
  if ("why" in real) return;
  await using _stopped = real;
  const docker = await readEngine("docker", { DOCKER_HOST: real.address }, signal);
  expect(docker).toMatchObject({ state: "answers", rootless: false });
  expect(await examine(dockerAnswers, { docker })).toMatchObject({
    status: "ok",
    detail: expect.stringMatching(/^\d+\.\d+\.\d+\S*, as root$/),
  });
});
