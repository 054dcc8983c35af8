import fc from "fast-check";
import { expect, test } from "vitest";
import { diskIds, partitionIds } from "../src/ids/disk-ids.ts";
import { partuuids } from "../src/ids/partuuids.ts";
import { layouts } from "../src/layout/layouts.ts";

test("ids are what they were in the first release", () => {
  expect(diskIds("kn86")).toMatchInlineSnapshot(`
    {
      "ext4HashSeed": "99adeb54-6d3e-81dd-975d-2c8ba699e16a",
      "ext4Uuid": "161783bd-a117-8000-a0df-b7f13468ba4b",
      "fatVolumeId": "337c0b80",
      "mbrDiskId": "7bfd5526",
    }
  `);
  expect(partuuids(layouts.standard, "kn86")).toMatchInlineSnapshot(`
    {
      "boot": "7bfd5526-01",
      "root": "7bfd5526-02",
    }
  `);
});

test("ids have the form that their readers ask for", () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const ids = diskIds(seed);
      expect(ids.mbrDiskId).toMatch(/^(?!00000000)[0-9a-f]{8}$/);
      expect(ids.fatVolumeId).toMatch(/^[0-9a-f]{8}$/);
      for (const uuid of [ids.ext4Uuid, ids.ext4HashSeed]) {
        expect(uuid).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }
    }),
  );
});

test("no two seeds, roles or purposes share an id", () => {
  const ids = ["a", "b"].flatMap((seed) => [
    diskIds(seed).mbrDiskId,
    ...["boot", "root"].flatMap((role) => Object.values(partitionIds(seed, role))),
  ]);
  expect(new Set(ids).size).toBe(ids.length);
});
