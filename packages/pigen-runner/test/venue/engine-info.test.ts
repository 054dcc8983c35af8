import { expect, test } from "vitest";
import { readInfo } from "../../src/venue/engine/engine-info.ts";

const said = (document: unknown, stderr = "") => ({ stdout: JSON.stringify(document), stderr });

test("what Docker says of itself", () => {
  const document = {
    ID: "id",
    ServerVersion: "28.2.2",
    Architecture: "aarch64",
    MemTotal: 8_000_000_000,
    SecurityOptions: ["name=seccomp,profile=builtin", "name=rootless"],
  };
  expect(readInfo("docker", said(document))).toEqual({
    version: "28.2.2",
    arch: "arm64",
    memoryBytes: 8_000_000_000,
    rootless: true,
    id: "id",
  });
});

test("what Podman says of itself", () => {
  const document = {
    host: { arch: "amd64", memTotal: 4_000_000_000, security: { rootless: false } },
    store: { graphRoot: "/var/lib/containers/storage" },
    version: { Version: "4.3.1" },
  };
  expect(readInfo("podman", said(document))).toEqual({
    version: "4.3.1",
    arch: "x64",
    memoryBytes: 4_000_000_000,
    rootless: false,
    id: "/var/lib/containers/storage",
  });
});

const noServer = "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?";

test.each([
  ["before 28: in the document", said({ ServerErrors: [noServer], ClientInfo: {} })],
  ["since 28: on standard error", said({ ServerVersion: "", ID: "" }, `${noServer}\n`)],
  ["as text", { stdout: "", stderr: `WARNING: x\n${noServer}` }],
])("a client without a server says why, %s", (_where, output) => {
  expect(readInfo("docker", output)).toEqual({ why: noServer });
});
