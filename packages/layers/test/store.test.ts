import {
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createExec, removeTree, type Sha256, sha256, sha256File } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LayerRecord, openStore, type Store } from "../src/index.ts";
import { entryFor } from "./store-entry.ts";

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild store-")));
  store = openStore(join(directory, "a store"));
});
afterEach(async () => {
  await removeTree(directory);
});

const entry = entryFor(1);
const { fingerprint } = entry;
const miss = (why: string) => ({ status: "miss", why });
const hit = { status: "hit" };

async function add(content: string | Uint8Array = "layer", as = entry): Promise<LayerRecord> {
  const file = join(directory, "packed");
  await writeFile(file, content);
  return store.add(file, as);
}

/** Changes one bit in the middle of a file, and nothing else that `ls` would show. */
async function flipBit(path: string): Promise<void> {
  const { size, atime, mtime } = await stat(path);
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, size >> 1);
  await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, size >> 1);
  await file.close();
  await utimes(path, atime, mtime);
}

async function allFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((item) => item.isFile()).map(({ name }) => name);
}

const recordFile = (key: Sha256 = fingerprint) =>
  join(store.path, "records", key.slice(0, 2), `${key}.json`);

describe("a look-up", () => {
  test("of what was never built, in a store that is not there, makes nothing", async () => {
    expect(await store.lookup(fingerprint)).toEqual(miss("never-built"));
    expect(await store.latest("kn86", entry.step)).toBeUndefined();
    await expect(stat(store.path)).rejects.toThrow("ENOENT");
  });

  test("of what was added gives its record and its blob", async () => {
    const record = await add("content");
    expect(record).toEqual({
      ...entry,
      version: 1,
      layer: { digest: sha256("content"), bytes: 7 },
    });
    expect(await store.lookup(fingerprint)).toEqual({ ...hit, record });
    expect(await readFile(store.blobPath(record.layer), "utf8")).toBe("content");
    expect(await store.lookup(entryFor(2).fingerprint)).toEqual(miss("never-built"));
    await expect(stat(join(directory, "packed"))).rejects.toThrow("ENOENT");
  });

  test("hits again in a store that was copied", async () => {
    const record = await add();
    await createExec().run({
      program: "bash",
      args: ["-c", 'cp -r "$1" "$2"', "bash", store.path, join(directory, "copy")],
    });
    expect(await openStore(join(directory, "copy")).lookup(fingerprint)).toEqual({
      ...hit,
      record,
    });
  });

  test("without the blob is a miss", async () => {
    const { layer } = await add();
    await rm(store.blobPath(layer));
    expect(await store.lookup(fingerprint)).toEqual(miss("blob-missing"));
  });

  test("never gives a blob with a flipped bit: it is dropped, and made anew", async () => {
    const { layer } = await add("x".repeat(100_000));
    // Whole seconds, so that setting them back leaves the time of change alone to tell.
    await utimes(store.blobPath(layer), 1, 1);
    expect(await store.lookup(fingerprint)).toMatchObject(hit);
    await flipBit(store.blobPath(layer));
    expect(await store.lookup(fingerprint)).toEqual(miss("blob-corrupt"));
    expect(await allFiles(join(store.path, "blobs"))).toEqual([]);
    expect(await store.lookup(fingerprint)).toEqual(miss("blob-missing"));
    await add("x".repeat(100_000));
    expect(await store.lookup(fingerprint)).toMatchObject(hit);
  });

  test.each([0, 1, 99_999, 100_001])("never gives a blob cut to %d bytes", async (bytes) => {
    const { layer } = await add("x".repeat(100_000));
    await truncate(store.blobPath(layer), bytes);
    expect(await store.lookup(fingerprint)).toEqual(miss("blob-corrupt"));
    await expect(stat(store.blobPath(layer))).rejects.toThrow("ENOENT");
  });

  test("never gives another file in the blob's place", async () => {
    const { layer } = await add("one");
    const other = await add("two", entryFor(2));
    await copyFile(store.blobPath(other.layer), store.blobPath(layer));
    expect(await store.lookup(fingerprint)).toEqual(miss("blob-corrupt"));
    expect(await store.lookup(entryFor(2).fingerprint)).toMatchObject(hit);
  });

  test("reads a blob again only when it was touched", async () => {
    const bytes = 32 * 1024 * 1024;
    const { layer } = await add(Buffer.alloc(bytes, 7));
    const read = async () => {
      const count = async () =>
        Number(/^rchar: (\d+)$/m.exec(await readFile("/proc/self/io", "utf8"))?.[1]);
      const before = await count();
      expect(await store.lookup(fingerprint)).toMatchObject(hit);
      return (await count()) - before;
    };
    expect(await read()).toBeLessThan(bytes / 2);
    await utimes(store.blobPath(layer), 1, 1);
    expect(await read()).toBeGreaterThanOrEqual(bytes);
    expect(await read()).toBeLessThan(bytes / 2);
  });

  test("of a blob that goes away meanwhile is a miss", async () => {
    const { layer } = await add();
    const note = `${store.blobPath(layer)}.checked`;
    await rm(note);
    // The look-up waits for a note that is a FIFO: by then it has seen the blob, and not read it.
    await createExec().run({ program: "bash", args: ["-c", 'mkfifo "$1"', "bash", note] });
    const answer = store.lookup(fingerprint);
    const writer = await open(note, "w");
    await rm(store.blobPath(layer));
    await writer.close();
    expect(await answer).toEqual(miss("blob-missing"));
  });

  test("side by side, of one corrupt blob, never hits and never fails", async () => {
    const { layer } = await add("x".repeat(1_000_000));
    await flipBit(store.blobPath(layer));
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.lookup(fingerprint)));
    const reasons = new Set(answers.map((answer) => answer.status === "miss" && answer.why));
    expect([...reasons].filter((why) => why !== "blob-missing")).toEqual(["blob-corrupt"]);
  });
});

describe("a record", () => {
  const damages: Record<string, (record: LayerRecord) => string> = {
    empty: () => "",
    "cut short": (record) => JSON.stringify(record).slice(0, -20),
    "no object": () => "null",
    "of zeros": () => "\0".repeat(100),
    "without fields": () => '{"version":1}',
    "of another version": (record) => JSON.stringify({ ...record, version: 2 }),
    "with a path for a digest": (record) =>
      JSON.stringify({ ...record, layer: { digest: "../../../etc/passwd", bytes: 1 } }),
    "without a size": (record) =>
      JSON.stringify({ ...record, layer: { digest: record.layer.digest } }),
    "with other inputs": (record) =>
      JSON.stringify({ ...record, inputs: { ...record.inputs, arch: "armhf" } }),
    "without inputs": ({ inputs: _, ...record }) => JSON.stringify(record),
    "of another step": () =>
      JSON.stringify({ ...entryFor(2), version: 1, layer: layerOf("layer") }),
  };
  const layerOf = (content: string) => ({ digest: sha256(content), bytes: content.length });

  test.each(Object.entries(damages))("that is %s is as good as none", async (_name, damage) => {
    const record = await add();
    await writeFile(recordFile(), damage(record));
    expect(await store.lookup(fingerprint)).toEqual(miss("never-built"));
    await add();
    expect(await store.lookup(fingerprint)).toMatchObject(hit);
  });

  test("damaged, is not the latest of its step either", async () => {
    await add();
    const latest = join(store.path, "latest", "kn86", "base__1-step.json");
    expect(await store.latest("kn86", entry.step)).toMatchObject({ fingerprint });
    await writeFile(latest, '{"version":1}');
    expect(await store.latest("kn86", entry.step)).toBeUndefined();
  });

  test("is the latest of its image and step, and of no other", async () => {
    await add();
    const other = { ...entryFor(2), step: entry.step };
    await add("two", other);
    expect(await store.latest("kn86", entry.step)).toMatchObject({
      fingerprint: other.fingerprint,
    });
    expect(await store.latest("lite", entry.step)).toBeUndefined();
    expect(await store.latest("kn86", "base/2-step")).toBeUndefined();
    expect(await store.lookup(fingerprint)).toMatchObject(hit);
  });

  test("that another image made is the latest of an image that uses it", async () => {
    const record = await add();
    await store.use("lite", "own/1-step", record);
    const used = { ...record, image: "lite", step: "own/1-step" };
    expect(await store.latest("lite", "own/1-step")).toEqual(used);
    expect(await store.latest("kn86", entry.step)).toEqual(record);
  });

  test("that is the latest already is not written again", async () => {
    const record = await add();
    const latest = join(store.path, "latest", "kn86", "base__1-step.json");
    await utimes(latest, 1, 1);
    await store.use("kn86", entry.step, record);
    expect((await stat(latest)).mtimeMs).toBe(1000);
    await store.use("kn86", entry.step, await add("two", { ...entryFor(2), step: entry.step }));
    await store.use("kn86", entry.step, record);
    expect(await store.latest("kn86", entry.step)).toEqual(record);
  });

  test("is written after its blob: without the one there is not the other", async () => {
    await mkdir(store.path, { recursive: true });
    await writeFile(join(store.path, "blobs"), "in the way");
    await expect(add()).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(await allFiles(store.path)).toEqual(["blobs"]);
    expect(await store.lookup(fingerprint)).toEqual(miss("never-built"));
  });

  test("that cannot be written fails the addition", async () => {
    await mkdir(store.path, { recursive: true });
    await writeFile(join(store.path, "records"), "in the way");
    await expect(add()).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(await store.lookup(fingerprint)).toEqual(miss("never-built"));
  });
});

test("adding one layer many times at once leaves one blob and one record", async () => {
  const files = Array.from({ length: 20 }, (_, index) => join(directory, `packed-${index}`));
  await Promise.all(files.map((file) => writeFile(file, "x".repeat(500_000))));
  const records = await Promise.all(files.map((file) => store.add(file, entry)));
  expect(new Set(records.map(({ layer }) => layer.digest)).size).toBe(1);
  expect(await store.lookup(fingerprint)).toMatchObject(hit);
  const digest = sha256("x".repeat(500_000));
  expect((await allFiles(store.path)).filter((name) => name === digest)).toHaveLength(1);
  expect(await allFiles(join(store.path, "records"))).toEqual([`${fingerprint}.json`]);
  expect(await allFiles(join(store.path, "latest"))).toHaveLength(1);
});

test("two steps with equal layers share a blob", async () => {
  const one = await add("same");
  const two = await add("same", entryFor(2));
  expect(store.blobPath(one.layer)).toBe(store.blobPath(two.layer));
  expect(await store.lookup(fingerprint)).toMatchObject(hit);
  expect(await store.lookup(entryFor(2).fingerprint)).toMatchObject(hit);
});

test("whenever a writer is killed, every record has its blob", async () => {
  const script = join(import.meta.dirname, "scripts", "fill-store.ts");
  let added = -1;
  for (let round = 0; round < 6; round++) {
    const abort = new AbortController();
    const start = added + 1;
    const run = createExec({ signal: abort.signal }).run({
      program: "node",
      args: ["--conditions=@pibuild/source", script, directory, String(start)],
      // Node ends at once on SIGTERM, wherever it is.
      onLine: (line) => {
        added = Number(line);
        if (added >= start + 3 + round) abort.abort("SIGTERM");
      },
    });
    await expect(run).rejects.toMatchObject({ code: "INTERRUPTED" });
  }
  expect(added).toBeGreaterThan(20);
  const names = await allFiles(join(store.path, "records"));
  const keys = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, 64));
  expect(keys.length).toBeGreaterThan(added);
  for (const key of keys) expect(await store.lookup(key as Sha256)).toMatchObject(hit);
  for (let number = 0; number <= added; number++) {
    expect(keys).toContain(entryFor(number).fingerprint);
  }
});

needs(
  "root",
  "own mount namespace",
  "mount",
  "umount",
)("a store that may only be read is looked up all the same", async () => {
  const good = await add("good");
  const bad = await add("bad", entryFor(2));
  // Both have to be read again, and no note of it can be left.
  await utimes(store.blobPath(good.layer), 1, 1);
  await flipBit(store.blobPath(bad.layer));
  const exec = createExec();
  await exec.run({ program: "mount", args: ["--bind", store.path, store.path] });
  await exec.run({ program: "mount", args: ["-o", "remount,ro,bind", store.path] });
  await expect(writeFile(join(store.path, "probe"), "")).rejects.toThrow("EROFS");
  expect(await store.lookup(fingerprint)).toMatchObject(hit);
  expect(await store.lookup(entryFor(2).fingerprint)).toEqual(miss("blob-corrupt"));
  expect(await sha256File(store.blobPath(good.layer))).toBe(good.layer.digest);
  await store.use("lite", entry.step, good);
  expect(await store.latest("lite", entry.step)).toBeUndefined();
  expect(dirname(store.blobPath(good.layer))).toContain("a store");
});
