import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildDelta } from "../src/build/build-delta.ts";
import type { Manifest } from "../src/format/manifest.ts";
import { openPayload } from "../src/read/open-payload.ts";
import { readIndexes } from "../src/read/read-indexes.ts";
import { bytesSource, openSource } from "../src/read/source.ts";
import { signPayload } from "../src/sign/sign-payload.ts";
import { verifyPayload } from "../src/verify/verify-payload.ts";
import { forge, takeApart, withContent } from "./forge.ts";
import { testSigners, trusted } from "./keys.ts";
import { cmdline, createRig, refusalOf, systemImages } from "./rig.ts";

const MiB = 1024 ** 2;

async function verifyFile(path: string, trust: typeof trusted | "anyone" = trusted) {
  await using file = await openSource({ path });
  return await verifyPayload(await openPayload(file, { trust }));
}

test("a payload gives its images back, and is the same bytes each time", async () => {
  await using rig = await createRig();
  const images = systemImages("new");
  const [one, two] = [await rig.payload("one", images), await rig.payload("two", images)];
  expect(await readFile(one)).toEqual(await readFile(two));
  expect(await verifyFile(one)).toEqual({ rawBytes: images.boot.length + images.root.length });
});

test("data of several stretches, which nothing makes smaller, come to their place whole", async () => {
  await using rig = await createRig();
  const noise = (size: number) => randomBytes(size);
  const images = { boot: noise(3 * MiB), root: noise(5 * MiB + 4096) };
  cmdline.a.copy(images.boot, cmdline.offset);
  await verifyFile(await rig.payload("noise", images, { chunkSize: MiB }));
});

test("keys change over: a device with the old or the new key takes a payload signed by both", async () => {
  await using rig = await createRig();
  const path = await rig.payload("p", systemImages("new"));
  await signPayload({ payload: path, signers: [testSigners.stranger] });
  await verifyFile(path);
});

test("a size is a whole number of blocks, also where doubles are sparse", async () => {
  await using rig = await createRig();
  const vector = join(import.meta.dirname, "vectors/payloads/good-delta.kn86fw");
  const path = await rig.write(
    "forged",
    await forge(await takeApart(await readFile(vector)), {
      signers: [testSigners.first],
      editManifest: (manifest) => {
        const forged = structuredClone(manifest) as Manifest;
        if (forged.base) forged.base.boot.size = Number.MAX_SAFE_INTEGER;
        return forged;
      },
    }),
  );
  expect(await refusalOf(verifyFile(path))).toBe("manifest");
});

test("a slot's cmdline.txt that its image does not hold is refused, whoever signed it", async () => {
  await using rig = await createRig();
  const vector = join(import.meta.dirname, "vectors/payloads/good-full.kn86fw");
  const pieces = await takeApart(await readFile(vector));
  const another = withContent(pieces, "cmdline/a", (bytes) =>
    Buffer.from(bytes.toString("latin1").replace("rootwait", "rootfast"), "latin1"),
  );
  const path = await rig.write("forged", await forge(another, { signers: [testSigners.first] }));
  expect(await refusalOf(verifyFile(path))).toBe("index");
});

test("a delta makes the new images out of the old ones", async () => {
  await using rig = await createRig();
  const old = systemImages("old");
  const images = { boot: Buffer.from(old.boot), root: Buffer.from(old.root) };
  old.root.copy(images.root, 8192, 81920, 81920 + 40960);
  images.root.fill("changed", 0, 4096);
  images.boot.fill("changed", 40000, 44096);
  const base = await rig.payload("old", old, { chunkSize: 65536 });
  const payload = await rig.payload("new", images, { chunkSize: 65536 });
  const output = rig.path("delta");
  await buildDelta({ payload, base, output, trust: trusted });
  await signPayload({ payload: output, signers: [testSigners.second] });
  await using file = await openSource({ path: output });
  await using boot = await openSource({ path: rig.path("old.boot") });
  await using root = await openSource({ path: rig.path("old.root") });
  const delta = await openPayload(file, { trust: trusted });
  expect((await readIndexes(delta)).root.map(({ op, count }) => `${op} ${count}`)).toEqual([
    "d 2",
    "c 10",
    "d 4",
    "c 16",
    "c 10",
  ]);
  const { rawBytes } = await verifyPayload(delta, { boot, root });
  expect(rawBytes).toBe(images.boot.length + images.root.length);
  expect(await refusalOf(verifyPayload(delta, { boot, root: boot }))).toBe("base");
  old.root[100_000] = 0;
  const touched = bytesSource(old.root, "root-a");
  expect(await refusalOf(verifyPayload(delta, { boot, root: touched }))).toBe("base");
  expect((await readFile(output)).length).toBeLessThan((await readFile(payload)).length);
});
