import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { startFaultProxy, startRegistry } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { machine, onCache } from "./cache-rig.ts";

describe("pibuild cache", () => {
  onCache("sends what was built without a cache, counts it, and brings it elsewhere", async () => {
    await using registry = await startRegistry();
    await using a = await machine();
    expect((await a.build()).summary.cache).toBeUndefined();
    const key = await a.pibuild(["cache", "key", "sign.pem"]);
    expect(key.stdout).toMatch(/^ed25519:.{44}$/);
    expect((await stat(join(a.path, "sign.pem"))).mode & 0o777).toBe(0o600);
    const again = await a.pibuild(["cache", "key", "sign.pem"]);
    expect([again.exitCode, again.stderr]).toEqual([
      2,
      expect.stringContaining("it is there already"),
    ]);

    const yaml = `cache:\n  registry: ${registry.host}/team/cache\n  trust: ["${key.stdout}"]\n`;
    await a.write({ "pibuild.yaml": yaml });
    const env = { PIBUILD_CACHE_SIGN_KEY: await readFile(join(a.path, "sign.pem"), "utf8") };
    const pushed = await a.pibuild(["cache", "push"], env);
    expect(pushed.stderr).toMatch(/\ncache: 5 sent \(.*\), 0 there, 0 stay here$/);
    const status = await a.pibuild(["cache", "status", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      ...{ schema: 1, kind: "registry", own: "main", writes: false, trusts: 1 },
      scopes: [{ scope: "main", layers: 3, results: 2, refused: 0 }],
      local: { layers: 3, mayLeave: 3 },
    });

    await using b = await machine({ "pibuild.yaml": yaml });
    const pulled = await b.pibuild(["cache", "pull", "pi", "--layers"]);
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    expect(await b.digest("pi.img.xz")).toBe(await a.digest("pi.img.xz"));
    expect(existsSync(join(b.path, "dist/pi/pi.img"))).toBe(false);
    expect((await readdir(join(b.store, "blobs/sha256"))).length).toBe(3);
    expect((await b.build()).summary.fresh).toBe(true);

    // A key that nobody trusts: all of it is as good as nothing, and that is said.
    const other = (await b.pibuild(["cache", "key", "other.pem"])).stdout;
    const doubted = await b.pibuild(["cache", "status"], { PIBUILD_CACHE_TRUST: other });
    expect(doubted.stdout).toContain("0 layers, 0 results");
    expect(doubted.stdout).toContain("5 records not believed");

    expect((await a.pibuild(["cache", "gc"])).stderr).toMatch(
      /^scope main: 0 broken records removed, 5 kept/,
    );
    const dry = await a.pibuild(["cache", "prune", "--older", "0", "--dry-run"]);
    expect(dry.stderr).toBe("scope main: 5 records would go, 0 kept");
    expect((await a.pibuild(["cache", "prune"])).stderr).toBe(
      "scope main: 0 records removed, 5 kept",
    );
    expect((await a.pibuild(["cache", "prune", "--older", "0"])).stderr).toBe(
      "scope main: 5 records removed, 0 kept",
    );
    expect((await a.pibuild(["cache", "prune", "--older", "soon"])).exitCode).toBe(2);
  });

  onCache("a token that only reads fails a push, and no build", async () => {
    await using registry = await startRegistry();
    await using proxy = await startFaultProxy(registry.host);
    const body = '{"errors":[{"code":"DENIED","message":"the token only reads"}]}';
    proxy.choose = ({ method }) =>
      method === "GET" || method === "HEAD" ? undefined : { kind: "answer", status: 403, body };
    await using a = await machine();
    const env = { PIBUILD_CACHE_REGISTRY: `${proxy.host}/cache`, PIBUILD_CACHE_WRITE: "1" };
    const built = await a.pibuild(["build", "pi"], env);
    expect(built.exitCode).toBe(0);
    const said = "does not let this login write: 403 DENIED the token only reads";
    expect(built.stderr.split("\n").slice(-2)[0]).toBe(
      `cache: 0 hits, registry \`${proxy.host}/cache/main\` ${said}`,
    );
    const pushed = await a.pibuild(["cache", "push"], env);
    expect([pushed.exitCode, pushed.stderr]).toEqual([5, expect.stringContaining(said)]);
  });

  onCache("a cache in a directory serves the same, and a dead one only costs a word", async () => {
    await using a = await machine();
    const env = { PIBUILD_CACHE_DIRECTORY: join(a.path, "../shared") };
    expect((await a.build({ ...env, PIBUILD_CACHE_WRITE: "1" })).summary.cache?.sent).toBe(5);
    await using b = await machine();
    const built = await b.build(env);
    expect([built.exitCode, built.ran, built.summary.phases]).toEqual([0, [], []]);
    expect(await b.digest("pi.img.xz")).toBe(await a.digest("pi.img.xz"));

    await using c = await machine();
    const dead = { PIBUILD_CACHE_REGISTRY: "127.0.0.1:1/cache", PIBUILD_CACHE_TIMEOUT: "1s" };
    const alone = await c.build({ ...dead, PIBUILD_CACHE_WRITE: "1" });
    expect(alone.exitCode, alone.stderr).toBe(0);
    expect(await c.digest("pi.img.xz")).toBe(await a.digest("pi.img.xz"));
    expect(alone.summary.cache).toMatchObject({ hits: 0, sent: 0 });
    expect(alone.summary.cache?.failures).toEqual([expect.stringContaining("ECONNREFUSED")]);
  });
});
