import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheCredentials, loginVariables } from "../src/index.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pibuild login-"));
});
afterEach(() => rm(directory, { recursive: true }));

const login = (env: NodeJS.ProcessEnv) => loginVariables("own.example/pi/cache", env, createExec());

async function dockerConfig(config: object): Promise<NodeJS.ProcessEnv> {
  await writeFile(join(directory, "config.json"), JSON.stringify(config));
  return { DOCKER_CONFIG: directory, PATH: `${directory}:${process.env.PATH}` };
}

/** A helper of Docker's that has a login for one host. */
async function helper(user: string, secret: string): Promise<void> {
  const path = join(directory, "docker-credential-own");
  const answer = JSON.stringify({ Username: user, Secret: secret });
  await writeFile(path, `#!/bin/sh\n[ "$(cat)" = own.example ] && echo '${answer}'\n`);
  await chmod(path, 0o755);
}

describe("a login as variables", () => {
  test("is what Docker has in its file", async () => {
    const auth = Buffer.from("me:of:mine").toString("base64");
    const env = await dockerConfig({ auths: { "own.example": { auth } } });
    expect(await login(env)).toEqual({ PIBUILD_CACHE_USER: "me", PIBUILD_CACHE_TOKEN: "of:mine" });
  });

  test.each([
    ["me", "secret"],
    ["<token>", "identity"],
  ])("of a helper's %s means the same to whoever gets them", async (user, secret) => {
    await helper(user, secret);
    const env = await dockerConfig({ credHelpers: { "own.example": "own" } });
    const given = await login(env);
    expect(given).toEqual({ PIBUILD_CACHE_USER: user, PIBUILD_CACHE_TOKEN: secret });
    const [there, here] = [given, env].map((each) => cacheCredentials(each, createExec()));
    expect(await there?.("own.example")).toEqual(await here?.("own.example"));
  });

  test("is none where there is none, and the token that was given where there is one", async () => {
    const env = await dockerConfig({ auths: { "other.example": { auth: "bWU6c2VjcmV0" } } });
    expect(await login(env)).toEqual({});
    const given = { PIBUILD_CACHE_TOKEN: "t" };
    expect(await login({ ...env, ...given })).toEqual({ ...given, PIBUILD_CACHE_USER: "token" });
  });
});
