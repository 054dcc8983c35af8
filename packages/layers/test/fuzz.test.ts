import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import { replaceNth } from "@pibuild/test-kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { explainChange, mayLeave } from "../src/index.ts";
import { recordText } from "../src/store/parse-record.ts";
import { type LocalRig, openLocalRig } from "./local-store.ts";
import { entryFor } from "./store-entry.ts";

/** Inputs for each property; the proof tries 100,000. */
const numRuns = Number(process.env.PIBUILD_FUZZ_RUNS ?? 300);
const timeout = 60_000 + numRuns * 50;

const entry = entryFor(1, { TARGET_HOSTNAME: "pi" });
const { fingerprint, image, step } = entry;
const layer = { digest: sha256("layer"), bytes: 5 };
const good = recordText({ version: 2, ...entry, layer });

/** Puts the layer that the good record tells of. */
async function putLayer({ directory, store }: LocalRig) {
  const path = join(directory, "packed");
  await writeFile(path, "layer");
  return await store.put(path, entry);
}

/** A good text with some letters changed, or one of its values, or another text altogether. */
const texts = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .tuple(fc.nat(good.length), fc.nat(20), fc.string())
    .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut)),
  fc
    .tuple(fc.nat(40), fc.jsonValue())
    .map(([n, value]) => JSON.stringify(replaceNth(JSON.parse(good), n, value))),
);

test(
  "whatever a record, a note of what was last, or one of what is kept says: it is found whole, or missing",
  async () => {
    await using rig = await openLocalRig();
    const { store } = rig;
    const put = () => putLayer(rig);
    const record = await put();
    const key = sha256("key");
    const property = fc.asyncProperty(texts, async (text) => {
      await rig.setRecord(fingerprint, text);
      await rig.setLatest(image, step, text);
      await rig.setKept(key, text);
      const found = await store.find(fingerprint);
      // Its inputs vouch for the fingerprint; what else it says is only told.
      if (found.status === "hit") expect(found.record.inputs).toEqual(record.inputs);
      const latest = await store.latest(image, step);
      if (latest !== undefined) {
        expect(explainChange(latest.inputs, record.inputs)).toBeInstanceOf(Array);
        expect(typeof mayLeave(latest)).toBe("boolean");
      }
      expect([undefined, rig.at.blob(layer.digest)]).toContain(await store.kept(key));
    });
    await fc.assert(property, { numRuns });
    await put();
    expect(await store.find(fingerprint)).toMatchObject({ status: "hit" });
  },
  timeout,
);

test(
  "whatever a layer, or the note of its check, holds: it is given whole, or made again",
  async () => {
    await using rig = await openLocalRig();
    const { store } = rig;
    const put = () => putLayer(rig);
    await put();
    const property = fc.asyncProperty(fc.string(), fc.boolean(), async (text, isNote) => {
      if (isNote) await writeFile(`${rig.at.blob(layer.digest)}.checked`, text);
      else await rig.setContent(layer.digest, text);
      const found = await store.find(fingerprint);
      const whole = isNote || text === "layer";
      expect(found).toMatchObject(whole ? { status: "hit" } : { why: "blob-corrupt" });
      if (!whole) await put();
    });
    await fc.assert(property, { numRuns });
  },
  timeout,
);
