import http from "node:http";
import type { AddressInfo } from "node:net";
import { createRig, needs, type Rig, startRegistry } from "@pibuild/test-kit";
import { describe, expect, onTestFinished, test } from "vitest";

/** A workspace in which nothing is built. */
async function workspace(file = ""): Promise<Rig> {
  const rig = await createRig();
  onTestFinished(() => rig[Symbol.asyncDispose]());
  await rig.write({ "apps/pi/image.yaml": "stages: [stages/one]\n", "pibuild.yaml": file });
  return rig;
}

const address = "registry.example/team/cache";

describe("what is wrong with a cache is one error, and what to do", () => {
  test.each<[string, string, Record<string, string>, number, RegExp]>([
    ["no cache", "", {}, 3, /the remote cache .* is missing: `pibuild.yaml` does not exist/],
    [
      "a scope that is no name",
      `cache: { registry: ${address}, scope: PR/12 }`,
      {},
      3,
      /expected a name of a-z and 0-9, .*, found text `PR\/12`\n +at pibuild.yaml:1:\d+/,
    ],
    [
      "such a scope in the environment",
      `cache: { registry: ${address} }`,
      { PIBUILD_CACHE_SCOPE: "../main" },
      3,
      /expected a name .*found `..\/main`\n +at environment variable PIBUILD_CACHE_SCOPE/,
    ],
    [
      "a login in the address",
      "cache: { registry: 'https://me:s3cret@registry.example/cache' }",
      {},
      3,
      /`https:\/\/\*\*\*@registry.example\/cache` names no repository .*: a login stands in it\n.*docker login/s,
    ],
    [
      "an address without a repository",
      "",
      { PIBUILD_CACHE_REGISTRY: "registry.example" },
      3,
      /a host alone is none\n+hint: a name is words/,
    ],
    [
      "two places",
      `cache:\n  registry: ${address}\n  directory: cache\n`,
      {},
      3,
      /a cache is in a registry or in a directory, not in both\n +at pibuild.yaml:3:3/,
    ],
    [
      "a key that is misspelt",
      `cache: { registy: ${address} }`,
      {},
      3,
      /unknown key `registy` in `cache`\n(.*\n)*hint: did you mean `registry`\?/,
    ],
    [
      "another file's key",
      "cahce: {}",
      {},
      3,
      /unknown key `cahce`\n(.*\n)*hint: did you mean `cache`\?/,
    ],
    [
      "a key that is none",
      `cache: { registry: ${address}, trust: [secret] }`,
      {},
      3,
      /expected a public key, as `pibuild cache key FILE` prints it/,
    ],
    [
      "a signing key that is not there",
      `cache: { registry: ${address}, write: true, sign: keys/sign.pem }`,
      {},
      3,
      /`keys\/sign.pem`: it cannot be read: ENOENT\n+hint: `pibuild cache key FILE`/,
    ],
    [
      "a signing key that is none",
      `cache: { registry: ${address}, write: true }`,
      { PIBUILD_CACHE_SIGN_KEY: "s3cret" },
      3,
      /PIBUILD_CACHE_SIGN_KEY: it is no ed25519 private key in PEM/,
    ],
    [
      "neither yes nor no",
      `cache: { registry: ${address} }`,
      { PIBUILD_CACHE_WRITE: "maybe" },
      3,
      /expected true or false, found `maybe`\n +at environment variable PIBUILD_CACHE_WRITE/,
    ],
    [
      "no time at all",
      `cache: { registry: ${address}, timeout: 0 }`,
      {},
      3,
      /expected a duration such as 30s or 2m, found the number 0/,
    ],
    [
      "a registry that is not there",
      "cache: { timeout: 1s }",
      { PIBUILD_CACHE_REGISTRY: "127.0.0.1:1/cache" },
      5,
      /registry `127.0.0.1:1\/cache\/main` failed: .*ECONNREFUSED/,
    ],
  ])("%s", async (_what, file, env, exitCode, words) => {
    const rig = await workspace(file);
    const run = await rig.pibuild(["cache", "status"], env);
    expect([run.exitCode, run.stdout]).toEqual([exitCode, ""]);
    expect(run.stderr).toMatch(words);
    expect(run.stderr).toMatch(/^hint: |expected|not in both/m);
    expect(run.stderr.match(/^error/gm)).toHaveLength(1);
    expect(run.stderr).not.toContain("s3cret");
  });

  test("what speaks no OCI", async () => {
    const server = http.createServer((_request, response) => void response.end("<html>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const rig = await workspace(`cache: { registry: 127.0.0.1:${port}/cache }`);
    const { exitCode, stderr } = await rig.pibuild(["cache", "status"]);
    expect(exitCode).toBe(5);
    expect(stderr).toContain("is no registry of OCI artifacts");
  });

  needs("docker-registry")("a wrong token", async () => {
    await using registry = await startRegistry({ htpasswd: "me:$2b$05$nobody\n" });
    const rig = await workspace(`cache: { registry: ${registry.host}/cache }`);
    const token = { PIBUILD_CACHE_TOKEN: "wr0ng-token" };
    const status = await rig.pibuild(["cache", "status"], token);
    expect([status.exitCode, status.stderr]).toEqual([
      5,
      expect.stringMatching(
        /does not let this login read: 401.*\n+hint: log in with `docker login`/,
      ),
    ]);
    expect(status.stderr).not.toContain("wr0ng");
  });
});
