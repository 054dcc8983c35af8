import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree, sha256 } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanStore, openScratch, openStore, type Scratch } from "../src/index.ts";
import { entryFor } from "./store-entry.ts";

let directory: string;
let path: string;
let scratch: Scratch;
beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild scratch-")));
  path = join(directory, "a store");
  scratch = openScratch(path);
});
afterEach(async () => {
  await removeTree(directory);
});

const key = sha256("a thing");
const unusable = { code: "STORE_UNUSABLE", exitCode: 4 };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("scratch space", () => {
  test("that is not there has what its filesystem has, and is not made", async () => {
    expect(await scratch.free()).toEqual({ path, freeBytes: expect.any(Number) });
    expect(await scratch.countRuns()).toBe(0);
    await scratch.sweep();
    expect(existsSync(path)).toBe(false);
    await scratch.prepare();
    expect(await readdir(path)).toEqual([]);
  });

  test("knows the runs there are, and which of them were killed", async () => {
    await using run = await scratch.openRun();
    await mkdir(join(path, "runs/dead"));
    await writeFile(join(path, "runs/dead.lock"), "");
    expect(await scratch.countRuns()).toBe(2);
    const swept: string[] = [];
    await scratch.sweep((event) => event.type === "swept" && swept.push(event.path));
    expect(swept).toEqual([join(path, "runs/dead")]);
    expect(await scratch.countRuns()).toBe(1);
    expect(existsSync(run.path)).toBe(true);
  });

  test("is reserved once no run uses it, and says which it waits for", async () => {
    const run = await scratch.openRun();
    const order: string[] = [];
    const reserved = scratch.reserve((runs) => order.push(...runs));
    await until(() => order.length > 0);
    expect(order).toEqual([expect.stringContaining(` in ${process.cwd()}`)]);
    await run[Symbol.asyncDispose]();
    const lock = await reserved;
    const next = scratch.openRun().then((opened) => {
      order.push("opened");
      return opened;
    });
    await lock[Symbol.asyncDispose]();
    await (await next)[Symbol.asyncDispose]();
    expect(order).toHaveLength(2);
    expect(await scratch.countRuns()).toBe(0);
  });

  test("holds one thing for one build at a time", async () => {
    const order: string[] = [];
    const first = await scratch.lock(key, () => order.push("never"));
    const other = openScratch(path).lock(key, () => order.push("waits"));
    await using _another = await scratch.lock(sha256("another"), () => order.push("never"));
    await expect.poll(() => order).toEqual(["waits"]);
    await first[Symbol.asyncDispose]();
    await (await other)[Symbol.asyncDispose]();
    expect(order).toEqual(["waits"]);
  });

  test("in which a file is in the way is said", async () => {
    await writeFile(path, "in the way");
    await expect(scratch.prepare()).rejects.toMatchObject(unusable);
    await expect(scratch.openRun()).rejects.toMatchObject(unusable);
    await expect(scratch.lock(key, () => undefined)).rejects.toMatchObject(unusable);
    await scratch.sweep();
    expect((await scratch.free()).freeBytes).toBeGreaterThan(0);
  });
});

needs(
  "root",
  "own mount namespace",
  "mount",
  "umount",
)("scratch space that may only be read is said", async () => {
  await (await scratch.openRun())[Symbol.asyncDispose]();
  await (await scratch.lock(key, () => undefined))[Symbol.asyncDispose]();
  const exec = createExec();
  await exec.run({ program: "mount", args: ["--bind", path, path] });
  await exec.run({ program: "mount", args: ["-o", "remount,ro,bind", path] });
  await expect(scratch.openRun()).rejects.toMatchObject(unusable);
  await expect(scratch.lock(key, () => undefined)).rejects.toMatchObject(unusable);
});

describe("cleaning a store", () => {
  async function fill(): Promise<void> {
    const packed = join(directory, "packed");
    for (const kept of [undefined, key]) {
      await writeFile(packed, "content");
      const store = openStore(path);
      await (kept ? store.keep(packed, kept) : store.put(packed, entryFor(1)));
    }
    for (const image of ["kn86", "lite"]) {
      await mkdir(join(scratch.failed(image), "rootfs"), { recursive: true });
      await mkdir(join(scratch.upstream(image), "stage0"), { recursive: true });
    }
    await (await scratch.lock(key, () => undefined))[Symbol.asyncDispose]();
    // No name is an image's, and none can be named in UTF-8.
    const script = `: >"$1/"$'\\xff.lock'; : >"$2/"$'\\xff'`;
    const args = ["-c", script, "bash", scratch.failed("kn86"), join(path, "blobs")];
    await createExec().run({ program: "bash", args });
  }

  const clean = async (image: string | undefined, layers: boolean) => {
    const gone: string[] = [];
    const removed = (each: string) => gone.push(each.slice(path.length + 1).replace(/\/$/, ""));
    await cleanStore(path, { image, layers, removed });
    return gone;
  };

  test("of an image leaves the others and the layers", async () => {
    await fill();
    expect(await clean("kn86", false)).toEqual(["failed/kn86", "upstream/kn86"]);
    expect(existsSync(scratch.failed("lite"))).toBe(true);
    expect(await openStore(path).find(entryFor(1).fingerprint)).toMatchObject({ status: "hit" });
  });

  test("of everything leaves what is kept noted, and no empty directory", async () => {
    await fill();
    expect(await clean(undefined, true)).toEqual([
      ...["failed", "upstream", "blobs", "records", "latest", "locks"],
    ]);
    expect(await readdir(path)).toEqual(["twins"]);
    expect(await openStore(path).kept(key)).toBeUndefined();
  });

  test("that is a file leaves the file", async () => {
    await writeFile(path, "in the way");
    expect(await clean(undefined, true)).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });

  test("that is not there is nothing", async () => {
    expect(await clean(undefined, true)).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });
});
