import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Access,
  type CacheEvent,
  openResults,
  type ServeOptions,
  serveTaskCache,
} from "../src/index.ts";

const main: Access = { token: "of-main", read: ["main"], write: "main" };
const pull: Access = { token: "of-a-pull-request", read: ["pr-7", "main"], write: "pr-7" };
const release: Access = { token: "of-a-release", read: ["main"] };

/** A busy machine is no failure. */
const patient = { timeout: 60_000 };

interface Started extends AsyncDisposable {
  readonly directory: string;
  readonly url: string;
  readonly events: CacheEvent[];
  ask(access: Access, method: string, path: string, more?: RequestInit): Promise<Response>;
}

async function start(more: Partial<ServeOptions> = {}): Promise<Started> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild task-cache-"));
  const scratch = join(directory, "scratch");
  await mkdir(scratch, { mode: 0o700 });
  const events: CacheEvent[] = [];
  const server = await serveTaskCache({
    ...{ results: openResults(join(directory, "results")), accesses: [main, pull, release] },
    ...{ scratch, onEvent: (event: CacheEvent) => events.push(event), ...more },
  }).catch(async (error) => {
    await rm(directory, { recursive: true });
    throw error;
  });
  return {
    ...{ directory, url: server.url, events },
    ask: ({ token }, method, path, init = {}) =>
      fetch(`${server.url}${path}`, {
        ...{ method, ...init },
        headers: { authorization: `Bearer ${token}`, ...init.headers },
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

/** The only file of a directory of results. */
async function onlyResult(directory: string): Promise<string> {
  const files = await readdir(join(directory, "results"), { recursive: true });
  return join(directory, "results", files.find((name) => name.includes("/")) ?? "");
}

describe("nx", () => {
  test("keeps the first result of a hash, whatever comes later", async () => {
    await using cache = await start();
    const put = (body: string) => cache.ask(main, "PUT", "/v1/cache/123", { body });
    expect((await put("first")).status).toBe(200);
    expect((await put("second")).status).toBe(409);
    const got = await cache.ask(main, "GET", "/v1/cache/123");
    expect([got.status, await got.text()]).toEqual([200, "first"]);
  });

  test("hears 403 with a token that may not write", async () => {
    await using cache = await start();
    const put = await cache.ask(release, "PUT", "/v1/cache/123", { body: "x" });
    expect(put.status).toBe(403);
    expect((await cache.ask(main, "GET", "/v1/cache/123")).status).toBe(404);
  });
});

describe("turbo", () => {
  test("gets the notes back that it sent, also by HEAD and by a query of many", async () => {
    await using cache = await start();
    const headers = { "x-artifact-duration": "42", "x-artifact-tag": "signed", "x-other": "1" };
    const path = "/v8/artifacts/abc?slug=team_pi";
    const put = await cache.ask(main, "PUT", path, { body: "bytes", headers });
    expect([put.status, await put.json()]).toEqual([202, { urls: [] }]);
    const head = await cache.ask(main, "HEAD", path);
    expect(head.headers.get("content-length")).toBe("5");
    expect(head.headers.get("x-artifact-tag")).toBe("signed");
    expect(head.headers.get("x-other")).toBeNull();
    const body = JSON.stringify({ hashes: ["abc", "def", "../x"] });
    const query = await cache.ask(main, "POST", "/v8/artifacts", { body });
    expect(await query.json()).toEqual({
      ...{ abc: { size: 5, taskDurationMs: 42, tag: "signed" }, def: null, "../x": null },
    });
  });

  test("is not told that its token only reads, as it would stop reading", async () => {
    await using cache = await start();
    const put = await cache.ask(release, "PUT", "/v8/artifacts/abc", { body: "x" });
    expect(put.status).toBe(202);
    expect((await cache.ask(main, "GET", "/v8/artifacts/abc")).status).toBe(404);
    expect(cache.events[0]).toMatchObject({ what: "dropped", why: "the token may not write" });
  });

  test("does not find what nx wrote under the same digits", async () => {
    await using cache = await start();
    await cache.ask(main, "PUT", "/v1/cache/123", { body: "of nx" });
    expect((await cache.ask(main, "GET", "/v8/artifacts/123")).status).toBe(404);
  });
});

describe("scopes", () => {
  test("a pull request reads main's results, and main reads none of a pull request's", async () => {
    await using cache = await start();
    await cache.ask(main, "PUT", "/v1/cache/1", { body: "of main" });
    await cache.ask(pull, "PUT", "/v1/cache/2", { body: "of the pull request" });
    expect((await cache.ask(pull, "GET", "/v1/cache/1")).status).toBe(200);
    expect((await cache.ask(pull, "GET", "/v1/cache/2")).status).toBe(200);
    expect((await cache.ask(main, "GET", "/v1/cache/2")).status).toBe(404);
    expect((await cache.ask(release, "GET", "/v1/cache/2")).status).toBe(404);
  });

  test("a pull request that is first does not keep main from its own result", async () => {
    await using cache = await start();
    await cache.ask(pull, "PUT", "/v1/cache/1", { body: "poison" });
    expect((await cache.ask(main, "PUT", "/v1/cache/1", { body: "good" })).status).toBe(200);
    expect(await (await cache.ask(main, "GET", "/v1/cache/1")).text()).toBe("good");
  });

  test.each([undefined, "Bearer ", "Bearer of-nobody", "Basic of-main"])(
    "a request with the authorization %j is refused",
    async (authorization) => {
      await using cache = await start();
      const headers = authorization === undefined ? {} : { authorization };
      const got = await fetch(`${cache.url}/v8/artifacts/status`, { headers });
      expect(got.status).toBe(401);
      expect(await got.json()).toMatchObject({ error: { message: "the token is not known here" } });
    },
  );
});

describe("a result is complete or a miss", () => {
  test.each([
    ["one wrong byte", (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from("!")])],
    ["a cut", (bytes: Buffer) => bytes.subarray(0, -1)],
    ["nothing", () => Buffer.alloc(0)],
    ["a header that is null", () => Buffer.from("null\nbytes")],
    ["a header without an end", () => Buffer.alloc(1000, "{")],
  ])("a file with %s", async (_name, damage) => {
    await using cache = await start();
    const put = () => cache.ask(main, "PUT", "/v1/cache/1", { body: "the result" });
    await put();
    const file = await onlyResult(cache.directory);
    await writeFile(file, damage(await readFile(file)));
    expect((await cache.ask(main, "GET", "/v1/cache/1")).status).toBe(404);
    expect((await put()).status).toBe(200);
    expect(await (await cache.ask(main, "GET", "/v1/cache/1")).text()).toBe("the result");
  });

  test("a body that is larger than may be kept", async () => {
    await using cache = await start({ maxBytes: 4 });
    const put = await cache.ask(main, "PUT", "/v1/cache/1", { body: "five!" });
    expect(put.status).toBe(200);
    expect((await cache.ask(main, "GET", "/v1/cache/1")).status).toBe(404);
    expect(await readdir(join(cache.directory, "scratch"))).toEqual([]);
  });

  test.each(["with", "without"])("a body that is cut, %s its length", async (length) => {
    await using cache = await start();
    const { hostname, port } = new URL(cache.url);
    await new Promise<void>((resolve) => {
      const headers = {
        authorization: `Bearer ${main.token}`,
        ...(length === "with" ? { "content-length": 100 } : {}),
      };
      const put = request({ hostname, port, method: "PUT", path: "/v1/cache/1", headers });
      put.on("error", () => resolve());
      put.write("half of it", () => put.destroy());
    });
    await expect.poll(() => cache.events.at(0)?.what, patient).toBe("dropped");
    expect((await cache.ask(main, "GET", "/v1/cache/1")).status).toBe(404);
    await expect.poll(() => readdir(join(cache.directory, "scratch")), patient).toEqual([]);
  });

  test("many writers of one hash at once leave one of their results whole", async () => {
    await using cache = await start();
    const bodies = Array.from({ length: 20 }, (_, index) => String(index).repeat(100_000));
    await Promise.all(bodies.map((body) => cache.ask(main, "PUT", "/v1/cache/1", { body })));
    expect(bodies).toContain(await (await cache.ask(main, "GET", "/v1/cache/1")).text());
  });
});

test("an address that is no result's is 404, and a port in use one error", async () => {
  await using cache = await start();
  for (const path of ["/", "/v1/cache/..%2fx", "/v1/cache/a/b", "/v8/artifacts/é"])
    expect((await cache.ask(main, "GET", path)).status).toBe(404);
  const port = Number(new URL(cache.url).port);
  await expect(start({ port })).rejects.toMatchObject({ code: "PORT_UNUSABLE" });
});
