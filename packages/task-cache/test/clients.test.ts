import { mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createExec } from "@pibuild/core";
import { createRig, type Rig } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { type Access, type CacheEvent, openResults, serveTaskCache } from "../src/index.ts";

const require = createRequire(import.meta.url);
const access: Access = { token: "reads-and-writes", read: ["main"], write: "main" };
const reader: Access = { token: "reads", read: ["main"] };

interface Client {
  readonly name: "nx" | "turbo";
  /** Runs the workspace's only task and gives what the client printed. */
  run(rig: Rig, url: string, token: string): Promise<string>;
}

const clients: readonly Client[] = [
  {
    name: "nx",
    async run(rig, url, token) {
      const { stdout, stderr } = await createExec().run({
        program: "node",
        args: [require.resolve("nx/bin/nx.js"), "run", "one:make", "--output-style=stream"],
        cwd: rig.path,
        env: {
          ...{ NX_DAEMON: "false", NX_TUI: "false", NX_ISOLATE_PLUGINS: "false" },
          ...{
            NX_SKIP_NATIVE_FILE_CACHE: "true",
            NODE_DISABLE_COMPILE_CACHE: "1",
            NX_NO_CLOUD: "false",
          },
          NX_CACHE_DIRECTORY: join(rig.path, ".nx/cache"),
          NX_WORKSPACE_DATA_DIRECTORY: join(rig.path, ".nx/data"),
          NX_SELF_HOSTED_REMOTE_CACHE_SERVER: url,
          NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
        },
      });
      return stdout + stderr;
    },
  },
  {
    name: "turbo",
    async run(rig, url, token) {
      const { stdout, stderr } = await createExec().run({
        program: "node",
        args: [require.resolve("turbo/bin/turbo"), "run", "make", "--ui=stream"],
        cwd: rig.path,
        env: {
          ...{ TURBO_API: url, TURBO_TOKEN: token, TURBO_TEAM: "team_pi" },
          ...{
            TURBO_CACHE: "remote:rw",
            TURBO_TELEMETRY_DISABLED: "1",
            NODE_DISABLE_COMPILE_CACHE: "1",
          },
        },
      });
      return stdout + stderr;
    },
  },
];

async function workspace(): Promise<Rig> {
  const rig = await createRig();
  await mkdir(join(rig.path, "node_modules"));
  await symlink(dirname(require.resolve("nx/package.json")), join(rig.path, "node_modules", "nx"));
  await rig.write({
    "package.json": JSON.stringify({
      ...{ name: "root", private: true, packageManager: "npm@11.0.0", workspaces: ["one"] },
    }),
    "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: {} }),
    "nx.json": JSON.stringify({ analytics: false, plugins: [] }),
    "turbo.json": JSON.stringify({
      globalPassThroughEnv: ["NODE_DISABLE_COMPILE_CACHE"],
      tasks: { make: { outputs: ["out"] } },
    }),
    "one/package.json": JSON.stringify({
      ...{ name: "one", version: "1.0.0", scripts: { make: "cp in out" } },
    }),
    "one/in": "what the task reads\n",
    "one/project.json": JSON.stringify({
      name: "one",
      targets: {
        make: {
          ...{ executor: "nx:run-commands", cache: true, outputs: ["{projectRoot}/out"] },
          options: { command: "cp in out", cwd: "{projectRoot}" },
        },
      },
    }),
  });
  return rig;
}

async function server(rig: Rig, events: CacheEvent[]) {
  const scratch = join(rig.path, ".scratch");
  await mkdir(scratch, { mode: 0o700 });
  return serveTaskCache({
    ...{ results: openResults(join(rig.path, ".results")), accesses: [access, reader], scratch },
    onEvent: (event) => events.push(event),
  });
}

describe.each(clients)("$name", ({ name, run }) => {
  test("gets in a second workspace what it made in the first", async () => {
    await using keeper = await createRig();
    const events: CacheEvent[] = [];
    await using cache = await server(keeper, events);
    await using first = await workspace();
    await run(first, cache.url, access.token);
    expect(events.map(({ what }) => what)).toContain("stored");

    await using second = await workspace();
    events.length = 0;
    await run(second, cache.url, access.token);
    expect(events).toEqual(
      expect.arrayContaining([expect.objectContaining({ what: "hit", client: name })]),
    );
    expect(events.map(({ what }) => what)).not.toContain("stored");
    expect(await readFile(join(second.path, "one/out"), "utf8")).toBe("what the task reads\n");
  });

  test("succeeds with a token that only reads, and writes nothing", async () => {
    await using keeper = await createRig();
    const events: CacheEvent[] = [];
    await using cache = await server(keeper, events);
    await using first = await workspace();
    await run(first, cache.url, reader.token);
    expect(await readFile(join(first.path, "one/out"), "utf8")).toBe("what the task reads\n");
    expect(events.map(({ what }) => what)).not.toContain("stored");
  });

  test("succeeds when nothing can be kept", async () => {
    await using keeper = await createRig();
    const scratch = join(keeper.path, "gone");
    const failing = { find: () => Promise.reject(new Error("the store is away")) };
    await using cache = await serveTaskCache({
      ...{ results: { ...failing, put: failing.find }, accesses: [access], scratch },
    });
    await using first = await workspace();
    await run(first, cache.url, access.token);
    expect(await readFile(join(first.path, "one/out"), "utf8")).toBe("what the task reads\n");
  });
});
