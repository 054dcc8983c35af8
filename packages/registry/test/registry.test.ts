import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import {
  type ChooseFault,
  type FaultProxy,
  needs,
  startFaultProxy,
  startRegistry,
  type TestRegistry,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { describeBlob, type Manifest, manifestType, openRegistry } from "../src/index.ts";

const onRegistry = needs("docker-registry");
const has = onRegistry === needs();

/** Large enough that a cut falls into its middle. */
const content = Buffer.alloc(3_000_000, "a layer's bytes, ");
const blob = { digest: sha256(content), bytes: content.length };
const isBlob = (url: string) => url.includes("/blobs/sha256:");

describe("a registry", () => {
  let registry: TestRegistry;
  let proxy: FaultProxy;
  let directory: string;
  let file: string;
  let names = 0;
  beforeAll(async () => {
    if (!has) return;
    directory = await mkdtemp(join(tmpdir(), "pibuild-client-"));
    file = join(directory, "file");
    await writeFile(file, content);
    registry = await startRegistry();
    proxy = await startFaultProxy(registry.host);
  });
  afterAll(async () => {
    if (!has) return;
    await proxy[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });
  beforeEach(() => {
    if (!has) return;
    names += 1;
    proxy.choose = () => undefined;
    proxy.seen.length = 0;
  });

  const open = (patience = { idleMs: 1_000, retryMs: 2_000 }) =>
    openRegistry(`${proxy.host}/cache/t${names}`, patience).repository();
  const body = () => ({ file, bytes: blob.bytes });
  const copy = () => join(directory, `copy-${names}`);
  /** Lets the first so many of some requests meet a fault. */
  const first = (count: number, fault: ReturnType<ChooseFault>, which: ChooseFault | RegExp) => {
    let left = count;
    proxy.choose = (request) => {
      const meant =
        which instanceof RegExp ? which.test(`${request.method} ${request.url}`) : which(request);
      if (!meant || left === 0) return undefined;
      left -= 1;
      return fault;
    };
  };

  onRegistry("gives what it was given, and takes it once", async () => {
    const repository = open();
    expect(await repository.has(blob)).toBeUndefined();
    expect(await repository.push(blob, body())).toBe(blob.bytes);
    expect(await repository.push(blob, body())).toBe(0);
    expect(await repository.has(blob)).toBe(blob.bytes);
    expect(await repository.pull(blob, copy())).toBe(blob.bytes);
    expect((await readFile(copy())).equals(content)).toBe(true);
    expect(await repository.read(blob)).toBe(content.toString());
  });

  onRegistry("takes a blob from another of its repositories without its bytes", async () => {
    const opened = openRegistry(`${proxy.host}/cache/t${names}`);
    await opened.repository("main").push(blob, body());
    expect(await opened.repository("pr-1").push(blob, body(), "main")).toBe(0);
    expect(await opened.repository("pr-1").has(blob)).toBe(blob.bytes);
  });

  onRegistry("keeps manifests by tag and digest, and lists and removes them", async () => {
    const repository = open();
    expect([await repository.manifest("a"), await repository.tags()]).toEqual([undefined, []]);
    await repository.push(blob, body());
    const config = { digest: sha256("{}"), bytes: 2 };
    await repository.push(config, Buffer.from("{}"));
    const manifest: Manifest = {
      ...{ schemaVersion: 2, mediaType: manifestType, config: describeBlob(config, "a/b") },
      layers: [describeBlob(blob, "c/d")],
    };
    const digest = await repository.tag("a", manifest);
    expect(await repository.manifest("a")).toEqual({ digest, manifest });
    expect(await repository.manifest(`sha256:${digest}`)).toEqual({ digest, manifest });
    expect(await repository.tags()).toEqual(["a"]);
    await repository.remove(digest);
    await repository.remove(digest);
    expect([await repository.manifest("a"), await repository.tags()]).toEqual([undefined, []]);
  });

  onRegistry("goes on where a download was cut, and asks for the rest alone", async () => {
    const repository = open();
    await repository.push(blob, body());
    first(2, { kind: "cut", after: 1_000_000 }, ({ method, url }) =>
      method === "GET" && isBlob(url) ? { kind: "refuse" } : undefined,
    );
    await repository.pull(blob, copy());
    expect((await readFile(copy())).equals(content)).toBe(true);
    const ranges = proxy.seen.filter(({ method }) => method === "GET").map((each) => each.headers);
    expect(ranges.map(({ range }) => range).filter(Boolean)).toHaveLength(2);
  });

  onRegistry("goes on with what a killed process left, and not with what is wrong", async () => {
    const repository = open();
    await repository.push(blob, body());
    await writeFile(copy(), content.subarray(0, 2_000_000));
    expect(await repository.pull(blob, copy())).toBe(1_000_000);
    expect((await readFile(copy())).equals(content)).toBe(true);
    await truncate(copy(), 100);
    await writeFile(copy(), Buffer.alloc(2_000_000));
    await repository.pull(blob, copy());
    expect((await readFile(copy())).equals(content)).toBe(true);
    await writeFile(copy(), Buffer.alloc(4_000_000));
    expect(await repository.pull(blob, copy())).toBe(blob.bytes);
  });

  onRegistry("is not believed with one wrong byte", async () => {
    const repository = open();
    await repository.push(blob, body());
    first(10, { kind: "flip", at: 1_500_000 }, /^GET .*\/blobs\//);
    await expect(repository.pull(blob, copy())).rejects.toMatchObject({ code: "BLOB_DAMAGED" });
    await expect(repository.read(blob)).rejects.toMatchObject({ code: "BLOB_DAMAGED" });
    proxy.choose = () => undefined;
    await repository.pull(blob, copy());
    expect((await readFile(copy())).equals(content)).toBe(true);
  });
});
