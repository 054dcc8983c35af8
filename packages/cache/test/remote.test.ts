import { mkdtemp, readFile, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventBody, removeTree, sha256 } from "@pibuild/core";
import { needs, startRegistry, type TestRegistry } from "@pibuild/test-kit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { collect, openRemote, prune, type RemoteOptions, scopesOf } from "../src/index.ts";
import { type DepotRig, openDirectoryRig, openRegistryRig } from "./depot-rig.ts";
import { parcelOf } from "./parcels.ts";

const hasRegistry = needs("docker-registry") === test;
let registry: TestRegistry;
beforeAll(async () => {
  if (hasRegistry) registry = await startRegistry();
});
afterAll(async () => {
  if (hasRegistry) await registry[Symbol.asyncDispose]();
});

const kinds = {
  directory: { it: test, open: openDirectoryRig },
  registry: { it: needs("docker-registry"), open: async () => openRegistryRig(registry) },
};

describe.each(Object.entries(kinds))("a cache in a %s", (_name, { it, open }) => {
  let directory: string;
  let rig: DepotRig;
  const events: EventBody[] = [];
  beforeEach(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild remote-")));
    rig = await open(directory);
    events.length = 0;
  });
  afterEach(async () => {
    await rig[Symbol.asyncDispose]();
    await removeTree(directory);
  });
  const remote = (more: Partial<RemoteOptions> = {}) =>
    openRemote({
      ...{ depot: rig.open(), scopes: scopesOf("main", "main"), read: true, write: true },
      ...{ trusted: [], emit: (event: EventBody) => void events.push(event), ...more },
    });
  const parcel = (name: string, text = `the file of ${name}`) => parcelOf(directory, name, text);
  const bring = async (name: string, from = remote()) => {
    const found = await from.find("result", sha256(name));
    const [blob] = found?.entry.blobs ?? [];
    if (found === undefined || blob === undefined) return undefined;
    const file = join(await mkdtemp(join(directory, "brought-")), "file");
    await from.bring(found, blob, file, name);
    return readFile(file, "utf8");
  };

  it("gives to others what was put, and keeps kinds, keys and scopes apart", async () => {
    expect(await bring("a")).toBeUndefined();
    expect(await remote().push(await parcel("a"))).toBe("sent");
    expect(await bring("a")).toBe("the file of a");
    expect(await bring("b")).toBeUndefined();
    expect(await remote().find("layer", sha256("a"))).toBeUndefined();
    expect(await remote({ scopes: scopesOf("next", "next") }).find("result", sha256("a"))).toBe(
      undefined,
    );
  });

  it("is written to by a pull request in its own scope, which nobody else reads", async () => {
    const scopes = scopesOf("pr-1", "main");
    await remote().push(await parcel("a"));
    const pr = remote({ scopes });
    expect(await pr.push(await parcel("a"))).toBe("there");
    expect(await pr.push(await parcel("b"))).toBe("sent");
    expect(await bring("a", remote({ scopes }))).toBe("the file of a");
    expect(await bring("b", remote({ scopes }))).toBe("the file of b");
    expect(await bring("b")).toBeUndefined();
    expect(await bring("b", remote({ scopes: scopesOf("pr-2", "main") }))).toBeUndefined();
  });

  it("is not asked by who does not read, and not given by who does not write", async () => {
    expect(await remote({ write: false }).push(await parcel("a"))).toBe("off");
    await remote().push(await parcel("a"));
    expect(await bring("a", remote({ read: false }))).toBeUndefined();
    expect(events.map(({ type }) => type)).toEqual(["cache-sent"]);
  });

  it("has a record of one of many that put it at once, whole", async () => {
    const texts = Array.from({ length: 10 }, (_, number) => `file ${number}`);
    const parcels = await Promise.all(texts.map((text) => parcel("a", text)));
    await Promise.all(parcels.map((each) => remote().push(each)));
    expect(texts).toContain(await bring("a"));
    expect(events.filter(({ type }) => type === "cache-failed")).toEqual([]);
  });

  it("loses a record whose bytes are others or gone, and gets them anew", async () => {
    await remote().push(await parcel("a"));
    for (const content of ["the file of b", undefined]) {
      await rig.setBlob("main", sha256("the file of a"), content);
      const cache = remote();
      await expect(bring("a", cache)).rejects.toMatchObject({ code: "LAYER_LOST" });
      expect(await cache.find("result", sha256("a"))).toBeUndefined();
    }
    const cache = remote();
    await bring("a", cache).catch(() => undefined);
    expect(await cache.push(await parcel("a"))).toBe("sent");
    expect(await bring("a")).toBe("the file of a");
  });

  it("is pruned by when records were sent, and counts before it does", async () => {
    const cache = remote();
    await cache.push(await parcel("a"));
    const { depot } = cache;
    const before = { beforeMs: Date.now() - 60_000, dryRun: false };
    expect(await prune(depot, "main", before)).toEqual({ removed: 0, kept: 1 });
    const after = { beforeMs: Date.now() + 60_000, dryRun: true };
    expect(await prune(depot, "main", after)).toEqual({ removed: 1, kept: 0 });
    expect(await bring("a")).toBe("the file of a");
    expect(await prune(depot, "main", { ...after, dryRun: false })).toEqual({
      removed: 1,
      kept: 0,
    });
    expect(await bring("a")).toBeUndefined();
  });

  it("is rid of broken records, and of nothing that a kept one names", async () => {
    const cache = remote();
    const { depot } = cache;
    for (const name of ["a", "b", "gone"]) await cache.push(await parcel(name));
    // Both name one file, and one of them goes.
    await cache.push(await parcel("c", "the file of a"));
    await depot.drop("main", sha256("c"));
    await rig.setText("main", sha256("damaged"), "{");
    await rig.setBlob("main", sha256("the file of gone"), undefined);
    const collected = await collect(depot, "main", { youngMs: 0 });
    expect(collected).toMatchObject({ removed: 2, kept: 2 });
    expect([await bring("a"), await bring("b")]).toEqual(["the file of a", "the file of b"]);
    expect([...(await depot.keys("main"))].sort()).toEqual([sha256("a"), sha256("b")].sort());
  });

  it("gives whole files or none while it is collected", async () => {
    const cache = remote();
    for (const name of ["a", "b", "c"]) await cache.push(await parcel(name, name.repeat(500_000)));
    const { depot } = cache;
    const pulls = ["a", "b", "c", "a", "b", "c"].map((name) => bring(name).catch(() => "lost"));
    const drops = ["a", "b"].map((name) => depot.drop("main", sha256(name)));
    const collects = [0, 1].map(() => collect(depot, "main", { youngMs: 0 }));
    const found = await Promise.all([...pulls, ...drops, ...collects].slice(0, 6));
    await Promise.all([...drops, ...collects]);
    const whole = [...["a", "b", "c"].map((name) => name.repeat(500_000)), "lost", undefined];
    for (const each of found) expect(whole).toContain(each);
    expect(await bring("c")).toBe("c".repeat(500_000));
  });
});

test("bytes in a directory go when no record names them, but for young ones", async () => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild remote-")));
  const rig = await openDirectoryRig(directory);
  const depot = rig.open();
  const file = join(directory, "file");
  await writeFile(file, "nobody's");
  const blob = { digest: sha256("nobody's"), bytes: 8 };
  await depot.send("main", blob, file);
  expect((await collect(depot, "main")).freedBytes).toBe(0);
  expect(await depot.has("main", blob)).toBe(true);
  expect((await collect(depot, "main", { youngMs: 0 })).freedBytes).toBe(8);
  expect(await depot.has("main", blob)).toBe(false);
  await removeTree(directory);
});

test("a cache that fails is left alone, and says so once", async () => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild remote-")));
  const rig = await openDirectoryRig(directory);
  const depot = rig.open();
  let asked = 0;
  const failing = {
    ...depot,
    async read() {
      asked += 1;
      throw new Error("it is broken");
    },
  };
  const events: EventBody[] = [];
  const options = { scopes: scopesOf("main", "main"), read: true, write: false, trusted: [] };
  const remote = openRemote({
    ...options,
    depot: failing,
    emit: (event) => void events.push(event),
  });
  expect(await remote.find("result", sha256("a"))).toBeUndefined();
  expect(await remote.find("result", sha256("b"))).toBeUndefined();
  expect([asked, events]).toEqual([
    1,
    [{ type: "cache-failed", action: "read", place: depot.name, reason: "it is broken" }],
  ]);
  await removeTree(directory);
});

test.each(["", "a/b", "..", "A", "-a", "a--b", "a".repeat(65)])("%j is no scope", (name) => {
  expect(() => scopesOf(name, "main")).toThrow("is no name of a scope");
});
