import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Sha256, sha256 } from "@pibuild/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  fingerprintOf,
  type LayerRecord,
  mayLeave,
  type NewRecord,
  type Store,
} from "../src/index.ts";
import { entryFor } from "./store-entry.ts";
import type { StoreRig } from "./store-rig.ts";

const entry = entryFor(1);
const { fingerprint, image, step } = entry;
const other = entryFor(2);
const key = sha256("a key");
const miss = (why: string) => ({ status: "miss", why });
const hit = { status: "hit" };
const unusable = { code: "STORE_UNUSABLE", exitCode: 4 };

/** What every store has to do, whatever it is made of. `onReadOnly`: where writing can be forbidden. */
export function storeContract(
  name: string,
  openRig: () => Promise<StoreRig>,
  onReadOnly: (name: string, body: () => Promise<void>) => void = test,
): void {
  describe(`a store ${name}`, () => {
    let rig: StoreRig;
    let store: Store;
    beforeEach(async () => {
      rig = await openRig();
      store = rig.store;
    });
    afterEach(async () => {
      await rig[Symbol.asyncDispose]();
    });

    let files = 0;
    const file = async (content: string) => {
      const path = join(rig.directory, `file ${files++}`);
      await writeFile(path, content);
      return path;
    };
    const put = async (content = "layer", as: NewRecord = entry) =>
      store.put(await file(content), as);
    const read = async (record: LayerRecord) => readFile(await store.fetch(record.layer), "utf8");

    describe("a look-up", () => {
      test("of what was never put is a miss", async () => {
        expect(await store.find(fingerprint)).toEqual(miss("never-built"));
        expect(await store.latest(image, step)).toBeUndefined();
        expect(await store.kept(key)).toBeUndefined();
      });

      test("of what was put gives its record and its layer, here and to others", async () => {
        const path = await file("content");
        const record = await store.put(path, entry);
        const layer = { digest: sha256("content"), bytes: 7 };
        expect(record).toEqual({ ...entry, version: 2, layer });
        for (const each of [store, rig.again()]) {
          expect(await each.find(fingerprint)).toEqual({ ...hit, record });
          expect(await readFile(await each.fetch(layer), "utf8")).toBe("content");
        }
        expect(await store.find(other.fingerprint)).toEqual(miss("never-built"));
        await expect(stat(path)).rejects.toThrow("ENOENT");
      });

      test("of what another store has finds it as it is there, and as nobody's latest", async () => {
        const { layer } = await put("content", other);
        const record: LayerRecord = { ...entry, version: 2, durationMs: 7, layer };
        await store.adopt(await file("content"), record);
        expect(await rig.again().find(fingerprint)).toEqual({ ...hit, record });
        expect(await read(record)).toBe("content");
        expect(await store.latest(image, step)).toBeUndefined();
      });

      test("of two steps with equal layers finds both", async () => {
        const records = [await put("same"), await put("same", other)];
        for (const record of records) {
          expect(await store.find(record.fingerprint)).toEqual({ ...hit, record });
        }
      });

      test("without the layer is a miss, until it is put again", async () => {
        const { layer } = await put();
        await rig.setContent(layer.digest, undefined);
        expect(await store.find(fingerprint)).toEqual(miss("blob-missing"));
        await expect(store.fetch(layer)).rejects.toMatchObject(unusable);
        await put();
        expect(await store.find(fingerprint)).toMatchObject(hit);
      });

      const whole = "x".repeat(100_000);
      test.each([
        ["with another byte", `${whole.slice(0, 50_000)}y${whole.slice(50_001)}`],
        ["that is empty", ""],
        ["that is cut short", whole.slice(1)],
        ["that goes on", `${whole}x`],
        ["that is another's", "two"],
      ])("never gives a layer %s: it is dropped, and made anew", async (_name, content) => {
        const { layer } = await put(whole);
        const two = await put("two", other);
        await rig.setContent(layer.digest, content);
        expect(await store.find(fingerprint)).toEqual(miss("blob-corrupt"));
        expect(await rig.content(layer.digest)).toBeUndefined();
        expect(await store.find(fingerprint)).toEqual(miss("blob-missing"));
        expect(await read(two)).toBe("two");
        expect(await read(await put(whole))).toBe(whole);
        expect(await store.find(fingerprint)).toMatchObject(hit);
      });

      test("side by side, of one corrupt layer, never hits and never fails", async () => {
        const { layer } = await put("x".repeat(1_000_000));
        await rig.setContent(layer.digest, "y".repeat(1_000_000));
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => rig.again().find(fingerprint)),
        );
        const reasons = new Set(answers.map((answer) => answer.status === "miss" && answer.why));
        expect([...reasons].filter((why) => why !== "blob-missing")).toEqual(["blob-corrupt"]);
      });
    });

    describe("a record", () => {
      const layerOf = (content: string) => ({ digest: sha256(content), bytes: content.length });
      const changed = (change: object) => (record: LayerRecord) =>
        JSON.stringify({ ...record, ...change });
      const withInputs = (change: object) => (record: LayerRecord) => {
        const inputs = { ...record.inputs, ...change };
        return JSON.stringify({ ...record, inputs, fingerprint: fingerprintOf(inputs) });
      };
      const damages: Record<string, (record: LayerRecord) => string> = {
        empty: () => "",
        "cut short": (record) => JSON.stringify(record).slice(0, -20),
        "no object": () => "null",
        "a list": () => "[]",
        "a number": () => "1",
        "of zeros": () => "\0".repeat(100),
        "of no characters": () => "\ufffd\ufffd",
        "without fields": () => '{"version":2}',
        "of a later version": changed({ version: 3 }),
        "of an earlier version than the first": changed({ version: 0 }),
        "without a version": changed({ version: undefined }),
        "that stays for a reason that is not known": changed({ stays: "later" }),
        "with a path for a digest": changed({ layer: { digest: "../../../etc/passwd", bytes: 1 } }),
        "without a layer": changed({ layer: null }),
        "without a size": ({ layer: { digest }, ...record }) =>
          changed({ layer: { digest } })(record as LayerRecord),
        "with other inputs": (record) =>
          changed({ inputs: { ...record.inputs, arch: "armhf" } })(record),
        "without inputs": changed({ inputs: undefined }),
        "with inputs of another format": withInputs({ format: 2 }),
        "with settings of another kind": withInputs({ settings: { A: 1 } }),
        "without tools": withInputs({ tools: undefined }),
        "without a step": changed({ step: undefined }),
        "of another step": () => JSON.stringify({ ...other, version: 2, layer: layerOf("layer") }),
      };

      test.each(Object.entries(damages))("%s is as good as none", async (_name, damage) => {
        const record = await put();
        await rig.setRecord(fingerprint, damage(record));
        expect(await store.find(fingerprint)).toEqual(miss("never-built"));
        // Nobody's layer is lost: whoever knows that version still finds it.
        expect(await rig.content(record.layer.digest)).toBe("layer");
        await put();
        expect(await store.find(fingerprint)).toMatchObject(hit);
      });

      const others = Object.entries(damages).filter(
        ([damage]) => !/inputs of|settings|another step|tools/.test(damage),
      );
      test.each(others)("%s is not the latest of its step either", async (_name, damage) => {
        const record = await put();
        await rig.setLatest(image, step, damage(record));
        expect(await store.latest(image, step)).toBeUndefined();
        await store.use(image, step, record);
        expect(await store.latest(image, step)).toEqual(record);
      });

      test("of version 1 is read, and its layer stays: it does not say what it holds", async () => {
        const { stays: _, ...now } = await put();
        const before: LayerRecord = { ...now, version: 1 };
        await rig.setRecord(fingerprint, JSON.stringify(before));
        await rig.setLatest(image, step, JSON.stringify(before));
        expect(await store.find(fingerprint)).toEqual({ ...hit, record: before });
        expect(await store.latest(image, step)).toEqual(before);
        expect(mayLeave(before)).toBe(false);
      });

      test.each(["secret", "machine"] as const)("remembers that it stays: %s", async (stays) => {
        const record = await put("layer", { ...entry, stays });
        expect(await rig.again().find(fingerprint)).toEqual({ ...hit, record });
        expect(record.stays).toBe(stays);
        expect(mayLeave(record)).toBe(false);
      });

      test("is the latest of its image and step, and of no other", async () => {
        await put();
        await put("two", { ...other, step });
        expect(await store.latest(image, step)).toMatchObject({ fingerprint: other.fingerprint });
        expect(await store.latest("lite", step)).toBeUndefined();
        expect(await store.latest(image, "base/2-step")).toBeUndefined();
        expect(await store.find(fingerprint)).toMatchObject(hit);
      });

      test("that another image made is the latest of an image that uses it", async () => {
        const record = await put();
        await store.use("lite", "own/1-step", record);
        const used = { ...record, image: "lite", step: "own/1-step" };
        expect(await store.latest("lite", "own/1-step")).toEqual(used);
        expect(await store.latest(image, step)).toEqual(record);
      });

      test("of a step with any name is found", async () => {
        for (const named of ["s/\ufffd", "s/ä \n", `s/${"n".repeat(300)}`]) {
          const record = await put("layer", { ...entry, step: named });
          expect(await store.find(fingerprint)).toEqual({ ...hit, record });
          await store.use("lite", named, record);
        }
      });
    });

    describe("writers side by side", () => {
      test("of one layer leave one whole record", async () => {
        const contents = Array.from({ length: 20 }, () => "x".repeat(500_000));
        const paths = await Promise.all(contents.map(file));
        const records = await Promise.all(paths.map((path) => rig.again().put(path, entry)));
        expect(new Set(records.map(({ layer }) => layer.digest)).size).toBe(1);
        expect(await store.find(fingerprint)).toEqual({ ...hit, record: records[0] });
      });

      test("of one record leave that of one of them, with its layer", async () => {
        const contents = Array.from({ length: 20 }, (_, number) => `layer ${number}`);
        const paths = await Promise.all(contents.map(file));
        await Promise.all(paths.map((path) => rig.again().put(path, entry)));
        const answer = await store.find(fingerprint);
        if (answer.status !== "hit") throw new Error("a miss");
        expect(contents).toContain(await read(answer.record));
      });

      test("of other and of the same fingerprints never show a look-up half of it", async () => {
        const done = new AbortController();
        const look = async () => {
          const seen = new Set<string>();
          while (!done.signal.aborted) {
            const answer = await rig.again().find(fingerprint);
            seen.add(answer.status === "hit" ? "hit" : answer.why);
            // In memory nothing takes time.
            await new Promise(setImmediate);
          }
          return [...seen].filter((what) => what !== "hit" && what !== "never-built");
        };
        const looks = [look(), look()];
        for (let round = 0; round < 30; round++) {
          const paths = await Promise.all(["a", "b"].map((each) => file(each.repeat(50_000))));
          await Promise.all(
            paths.map((path, at) => store.put(path, at === 0 ? entry : entryFor(round))),
          );
        }
        done.abort();
        expect(await Promise.all(looks)).toEqual([[], []]);
      });
    });

    describe("what is kept", () => {
      const keep = async (content: string, as?: Sha256) => store.keep(await file(content), as);
      const readKept = async (maxAgeMs?: number) => {
        const path = await store.kept(key, maxAgeMs);
        return path && readFile(path, "utf8");
      };

      test("is found by its key alone, here and by others", async () => {
        const path = await file("twin");
        expect(await readFile(await store.keep(path, key), "utf8")).toBe("twin");
        await expect(stat(path)).rejects.toThrow("ENOENT");
        for (const each of [store, rig.again()]) {
          expect(await readFile((await each.kept(key)) ?? "", "utf8")).toBe("twin");
        }
        expect(await store.kept(sha256("another key"))).toBeUndefined();
      });

      test("without a key is there, and nobody finds it again", async () => {
        expect(await readFile(await keep("twin"), "utf8")).toBe("twin");
        expect(await store.kept(key)).toBeUndefined();
      });

      test("takes the place of what was kept before", async () => {
        await keep("one", key);
        await keep("two", key);
        expect(await readKept()).toBe("two");
      });

      test("is too old for who asks for less, and of no age for who does not ask", async () => {
        await keep("twin", key);
        expect(await readKept(60_000)).toBe("twin");
        await rig.age(key, 120_000);
        expect(await readKept(60_000)).toBeUndefined();
        expect(await readKept()).toBe("twin");
        await keep("twin", key);
        expect(await readKept(60_000)).toBe("twin");
      });

      test.each([undefined, "twim", "", "twins"])("is not given as %j", async (content) => {
        await keep("twin", key);
        await rig.setContent(sha256("twin"), content);
        expect(await readKept()).toBeUndefined();
        await keep("twin", key);
        expect(await readKept()).toBe("twin");
      });

      test.each([
        ...["", "null", "[]", "7", "{", "\0\0", '{"digest":7}', '{"digest":"../../../etc/passwd"}'],
      ])("is made again where its note says %j", async (text) => {
        await keep("twin", key);
        await rig.setKept(key, text);
        expect(await readKept()).toBeUndefined();
        await keep("twin", key);
        expect(await readKept()).toBe("twin");
      });
    });

    onReadOnly("that may only be read is looked up, and says what it cannot do", async () => {
      const good = await put("good");
      const bad = await put("bad", other);
      await store.keep(await file("twin"), key);
      await rig.setContent(bad.layer.digest, "bat");
      await rig.forbidWriting();
      for (const each of [store, rig.again()]) {
        expect(await each.find(fingerprint)).toMatchObject(hit);
        expect(await each.find(other.fingerprint)).toEqual(miss("blob-corrupt"));
        expect(await readFile(await each.fetch(good.layer), "utf8")).toBe("good");
        expect(await readFile((await each.kept(key)) ?? "", "utf8")).toBe("twin");
        await each.use("lite", step, good);
        expect(await each.latest("lite", step)).toBeUndefined();
        await expect(each.put(await file("new"), entryFor(3))).rejects.toMatchObject(unusable);
        await expect(each.keep(await file("new"), key)).rejects.toMatchObject(unusable);
        expect(await each.find(entryFor(3).fingerprint)).toEqual(miss("never-built"));
        expect(await readFile((await each.kept(key)) ?? "", "utf8")).toBe("twin");
      }
    });
  });
}
