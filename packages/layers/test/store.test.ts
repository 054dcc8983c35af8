import {
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { createExec, type Sha256, sha256 } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  checkStore,
  type LayerRecord,
  type NewRecord,
  openScratch,
  openStore,
  type Store,
} from "../src/index.ts";
import { type LocalRig, openLocalRig } from "./local-store.ts";
import { storeContract } from "./store-contract.ts";
import { entryFor } from "./store-entry.ts";

storeContract(
  "in a directory",
  openLocalRig,
  needs("root", "own mount namespace", "mount", "umount"),
);

let rig: LocalRig;
let store: Store;
beforeEach(async () => {
  rig = await openLocalRig();
  store = rig.store;
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

const entry = entryFor(1);
const { fingerprint, image, step } = entry;
const key = sha256("a key");
const miss = (why: string) => ({ status: "miss", why });
const hit = { status: "hit" };
const unusable = { code: "STORE_UNUSABLE", exitCode: 4 };

async function file(content: string | Uint8Array): Promise<string> {
  const path = join(rig.directory, "packed");
  await writeFile(path, content);
  return path;
}

async function put(content: string | Uint8Array = "layer", as: NewRecord = entry) {
  return store.put(await file(content), as);
}

async function allFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((item) => item.isFile()).map(({ name }) => name);
}

async function makeInPlace(path: string): Promise<void> {
  await rm(path, { force: true });
  await mkdir(join(path, "with something"), { recursive: true });
}

describe("a store in a directory", () => {
  test("that is not there is not made by a look-up", async () => {
    expect(await store.find(fingerprint)).toEqual(miss("never-built"));
    expect(await store.latest(image, step)).toBeUndefined();
    expect(await store.kept(key)).toBeUndefined();
    await expect(stat(rig.path)).rejects.toThrow("ENOENT");
  });

  test("is read by its owner alone, also what root puts there", async () => {
    await openScratch(rig.path).prepare();
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await chown(rig.path, 1234, 5678);
    await put();
    await store.keep(await file("twin"), key);
    const names = ["", ...(await readdir(rig.path, { recursive: true }))];
    for (const name of names) {
      const found = await stat(join(rig.path, name));
      expect([name, found.mode & 0o077]).toEqual([name, 0]);
      if (isRoot) expect([name, found.uid, found.gid]).toEqual([name, 1234, 5678]);
    }
  });

  describe("whose layer rotted under its size and times", () => {
    /** As the disk does: no inode, size or time tells of it. */
    const rot = async (digest: Sha256) => {
      const path = rig.at.blob(digest);
      await rig.setContent(digest, "rotten".slice(0, 5));
      const found = await stat(path, { bigint: true });
      const identity = [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
      await writeFile(`${path}.checked`, identity);
    };

    test("finds that out a week after it was last read", async () => {
      const { layer } = await put();
      await rot(layer.digest);
      expect(await store.find(fingerprint)).toMatchObject(hit);
      const note = `${rig.at.blob(layer.digest)}.checked`;
      const now = Date.now() / 1000;
      await utimes(note, now, now - 6.9 * 86_400);
      expect(await store.find(fingerprint)).toMatchObject(hit);
      await utimes(note, now, now - 7 * 86_400);
      expect(await store.find(fingerprint)).toEqual(miss("blob-corrupt"));
    });

    test("finds it out when asked, for all layers, and what is kept", async () => {
      const { layer } = await put();
      await store.keep(await file("twin"), key);
      await put("other", entryFor(2));
      await rot(layer.digest);
      expect(await checkStore(rig.path)).toEqual({ checked: 3, dropped: [layer.digest] });
      expect(await store.find(fingerprint)).toEqual(miss("blob-missing"));
      expect(await checkStore(rig.path)).toEqual({ checked: 2, dropped: [] });
      expect(await checkStore(join(rig.path, "nothing"))).toEqual({ checked: 0, dropped: [] });
    });
  });

  test("hits again where it was copied", async () => {
    const record = await put();
    await createExec().run({
      program: "bash",
      args: ["-c", 'cp -r "$1" "$2"', "bash", rig.path, join(rig.directory, "copy")],
    });
    const copy = openStore(join(rig.directory, "copy"));
    expect(await copy.find(fingerprint)).toEqual({ ...hit, record });
  });

  test("reads a blob again only when it was touched", async () => {
    const bytes = 32 * 1024 * 1024;
    const { layer } = await put(Buffer.alloc(bytes, 7));
    const read = async () => {
      const count = async () =>
        Number(/^rchar: (\d+)$/m.exec(await readFile("/proc/self/io", "utf8"))?.[1]);
      const before = await count();
      expect(await store.find(fingerprint)).toMatchObject(hit);
      return (await count()) - before;
    };
    expect(await read()).toBeLessThan(bytes / 2);
    await utimes(rig.at.blob(layer.digest), 1, 1);
    expect(await read()).toBeGreaterThanOrEqual(bytes);
    expect(await read()).toBeLessThan(bytes / 2);
  });

  test("notices a change that leaves size and time as they were", async () => {
    const { layer } = await put("x".repeat(100_000));
    // Whole seconds, so that setting them back leaves the time of change alone to tell.
    await utimes(rig.at.blob(layer.digest), 1, 1);
    expect(await store.find(fingerprint)).toMatchObject(hit);
    await rig.setContent(layer.digest, "y".repeat(100_000));
    expect(await store.find(fingerprint)).toEqual(miss("blob-corrupt"));
    expect(await allFiles(join(rig.path, "blobs"))).toEqual([]);
  });

  test("misses a blob that goes away meanwhile", async () => {
    const { layer } = await put();
    const note = `${rig.at.blob(layer.digest)}.checked`;
    await rm(note);
    // The look-up waits for a note that is a FIFO: by then it has seen the blob, and not read it.
    await createExec().run({ program: "bash", args: ["-c", 'mkfifo "$1"', "bash", note] });
    const answer = store.find(fingerprint);
    const writer = await open(note, "w");
    await rm(rig.at.blob(layer.digest));
    await writer.close();
    expect(await answer).toEqual(miss("blob-missing"));
  });

  test("does not write again what is the latest already", async () => {
    const record = await put();
    const latest = rig.at.latest(image, step);
    await utimes(latest, 1, 1);
    await store.use(image, step, record);
    expect((await stat(latest)).mtimeMs).toBe(1000);
    await store.use(image, step, await put("two", { ...entryFor(2), step }));
    await store.use(image, step, record);
    expect(await store.latest(image, step)).toEqual(record);
  });

  test("has one file of each kind where one layer is put many times at once", async () => {
    const paths = Array.from({ length: 20 }, (_, index) => join(rig.directory, `packed-${index}`));
    await Promise.all(paths.map((path) => writeFile(path, "same")));
    await Promise.all(paths.map((path) => store.put(path, entry)));
    const names = (await allFiles(rig.path)).filter((name) => !name.endsWith(".checked"));
    const ofStep = "base__1-step.json";
    expect(names.sort()).toEqual([`${fingerprint}.json`, sha256("same"), ofStep].sort());
  });
});

describe("a store of an earlier pibuild", () => {
  /** As it wrote them, but for the time in it. */
  async function fill(): Promise<LayerRecord> {
    const layer = { digest: sha256("layer"), bytes: 5 };
    const record: LayerRecord = { version: 1, ...entry, layer };
    for (const [digest, text] of [
      [layer.digest, "layer"] as const,
      [sha256("twin"), "twin"] as const,
    ]) {
      await mkdir(join(rig.at.blob(digest), ".."), { recursive: true });
      await writeFile(rig.at.blob(digest), text);
    }
    await rig.setRecord(fingerprint, `${JSON.stringify(record)}\n`);
    await rig.setLatest(image, step, `${JSON.stringify(record)}\n`);
    await rig.setKept(key, JSON.stringify({ bytes: 4, digest: sha256("twin") }));
    return record;
  }

  test("is read: layers, the latest of a step, the twin", async () => {
    const record = await fill();
    expect(await store.find(fingerprint)).toEqual({ ...hit, record });
    expect(await store.latest(image, step)).toEqual(record);
    expect(await readFile(await store.fetch(record.layer), "utf8")).toBe("layer");
    expect(await readFile((await store.kept(key)) ?? "", "utf8")).toBe("twin");
  });

  test("goes on as it is: what is added changes nothing of it", async () => {
    const record = await fill();
    const before = await readFile(rig.at.record(fingerprint), "utf8");
    await put("two", entryFor(2));
    await store.use(image, step, record);
    expect(await readFile(rig.at.record(fingerprint), "utf8")).toBe(before);
    expect(await store.find(fingerprint)).toEqual({ ...hit, record });
  });
});

describe("something else in a file's place", () => {
  const places = {
    "a record": () => rig.at.record(fingerprint),
    "a blob": () => rig.at.blob(sha256("layer")),
    "a blob's note": () => `${rig.at.blob(sha256("layer"))}.checked`,
    "the latest of a step": () => rig.at.latest(image, step),
    "what is kept": () => rig.at.kept(key),
  };

  test.each(Object.entries(places))("a directory for %s heals", async (_name, place) => {
    const again = async () => {
      await store.keep(await file("layer"), key);
      return put();
    };
    await again();
    await makeInPlace(place());
    await store.find(fingerprint);
    await store.latest(image, step);
    await store.kept(key);
    const record = await again();
    expect(await store.find(fingerprint)).toEqual({ ...hit, record });
    expect(await store.latest(image, step)).toEqual(record);
    expect(await readFile((await store.kept(key)) ?? "", "utf8")).toBe("layer");
  });

  test("a directory for a blob is no layer", async () => {
    await put();
    await makeInPlace(rig.at.blob(sha256("layer")));
    expect(await store.find(fingerprint)).toEqual(miss("blob-corrupt"));
    expect(await store.find(fingerprint)).toEqual(miss("blob-missing"));
  });

  test("links that lead nowhere, or in a circle, heal", async () => {
    const script = 'ln -sfn "$1" "$1"; ln -sfn nowhere "$2"';
    await put();
    const [blob, record] = [rig.at.blob(sha256("layer")), rig.at.record(fingerprint)];
    await createExec().run({ program: "bash", args: ["-c", script, "bash", blob, record] });
    expect(await store.find(fingerprint)).toEqual(miss("never-built"));
    await put();
    expect(await store.find(fingerprint)).toMatchObject(hit);
  });

  test.each(["blobs", "blobs/sha256", "records"])("a file for `%s` is said", async (name) => {
    await mkdir(join(rig.path, name, ".."), { recursive: true });
    await writeFile(join(rig.path, name), "in the way");
    await expect(put()).rejects.toMatchObject(unusable);
    await expect(put()).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(await store.find(fingerprint)).toEqual(miss("never-built"));
    expect(await store.latest(image, step)).toBeUndefined();
  });

  test("a file for the whole store is said", async () => {
    await writeFile(rig.path, "in the way");
    expect(await store.find(fingerprint)).toEqual(miss("never-built"));
    await expect(put()).rejects.toMatchObject(unusable);
    await expect(store.keep(await file("twin"), key)).rejects.toMatchObject(unusable);
  });

  test("a record is written after its blob: without the one there is not the other", async () => {
    await mkdir(rig.path);
    await writeFile(join(rig.path, "blobs"), "in the way");
    await expect(put()).rejects.toMatchObject(unusable);
    expect(await allFiles(rig.path)).toEqual(["blobs"]);
  });

  test("what cannot be written whole leaves nothing", async () => {
    await mkdir(join(rig.path, "latest"), { recursive: true });
    await writeFile(join(rig.path, "latest", image), "in the way");
    const record = await put();
    expect(await store.find(fingerprint)).toEqual({ ...hit, record });
    expect(await allFiles(join(rig.path, "latest"))).toEqual([image]);
  });
});

test("names that are not UTF-8 lie in a store and disturb nobody", async () => {
  const record = await put();
  const script = `find "$1" -type d -print0 | while IFS= read -r -d "" directory; do
  : >"$directory/"$'\\xff.json'; mkdir "$directory/"$'\\xfe'
done`;
  await createExec().run({ program: "bash", args: ["-c", script, "bash", rig.path] });
  expect(await store.find(fingerprint)).toEqual({ ...hit, record });
  await put("two", entryFor(2));
  expect(await store.find(entryFor(2).fingerprint)).toMatchObject(hit);
  expect(await store.latest(image, step)).toEqual(record);
});

test("whenever a writer is killed, every record has its blob", async () => {
  const script = join(import.meta.dirname, "scripts", "fill-store.ts");
  let added = -1;
  for (let round = 0; round < 6; round++) {
    const abort = new AbortController();
    const start = added + 1;
    const run = createExec({ signal: abort.signal }).run({
      program: "node",
      args: ["--conditions=@pibuild/source", script, rig.directory, String(start)],
      // Node ends at once on SIGTERM, wherever it is.
      onLine: (line) => {
        added = Number(line);
        if (added >= start + 3 + round) abort.abort("SIGTERM");
      },
    });
    await expect(run).rejects.toMatchObject({ code: "INTERRUPTED" });
  }
  expect(added).toBeGreaterThan(20);
  const names = await allFiles(join(rig.path, "records"));
  const keys = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, 64));
  expect(keys.length).toBeGreaterThan(added);
  for (const each of keys) expect(await store.find(each as Sha256)).toMatchObject(hit);
  for (let number = 0; number <= added; number++) {
    expect(keys).toContain(entryFor(number).fingerprint);
  }
});
