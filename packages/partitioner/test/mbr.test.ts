import { mkdtempDisposable, readFile, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMbr, encodeMbr } from "../src/table/mbr.ts";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const entry = fc.record({
  type: fc.integer({ min: 1, max: 255 }),
  startSector: word,
  sectors: word,
});
const mbr = fc.record({
  diskId: word.map((id) => id.toString(16).padStart(8, "0")),
  entries: fc.array(entry, { maxLength: 4 }),
});

test("an MBR reads back as it was written", () => {
  fc.assert(
    fc.property(mbr, (value) => {
      expect(decodeMbr(encodeMbr(value))).toEqual(value);
    }),
  );
});

test("an MBR boots nothing and has no active partition", () => {
  const sector = encodeMbr({
    diskId: "deadbeef",
    entries: [{ type: 0x0c, startSector: 8192, sectors: 1048576 }],
  });
  expect(sector.subarray(0, 5).toString("hex")).toBe("cd18f4ebfd");
  expect(sector.subarray(5, 440).every((byte) => byte === 0)).toBe(true);
  expect(sector.subarray(440, 462).toString("hex")).toBe(
    "efbeadde0000" + "00feffff" + "0cfeffff" + "00200000" + "00001000",
  );
  expect(sector.subarray(462).toString("hex")).toBe(`${"00".repeat(48)}55aa`);
});

needs("parted", "sfdisk")(
  "parted, with which Raspberry Pi OS grows its root, leaves the id as it is",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-mbr-"));
    const disk = join(scratch.path, "disk");
    const entries = [
      { type: 0x0c, startSector: 8192, sectors: 131072 },
      { type: 0x83, startSector: 139264, sectors: 131072 },
    ];
    await writeFile(disk, encodeMbr({ diskId: "deadbeef", entries }));
    await truncate(disk, 512 * 1024 ** 2);
    const exec = createExec();
    const args = ["--script", disk, "unit", "s", "resizepart", "2", "100%"];
    await exec.run({ program: "parted", args });
    const after = decodeMbr((await readFile(disk)).subarray(0, 512));
    expect(after.diskId).toBe("deadbeef");
    expect(after.entries[1]?.sectors).toBeGreaterThan(131072);
    expect(after.entries[0]).toEqual(entries[0]);
  },
);

test("a sector without the signature is no MBR", () => {
  expect(() => decodeMbr(Buffer.alloc(512))).toThrow("55 aa");
});
