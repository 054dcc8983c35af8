import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMbr, encodeMbr } from "../src/index.ts";

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

test("an MBR has no boot code and no active partition", () => {
  const sector = encodeMbr({
    diskId: "deadbeef",
    entries: [{ type: 0x0c, startSector: 8192, sectors: 1048576 }],
  });
  expect(sector.subarray(0, 440).every((byte) => byte === 0)).toBe(true);
  expect(sector.subarray(440, 462).toString("hex")).toBe(
    "efbeadde0000" + "00feffff" + "0cfeffff" + "00200000" + "00001000",
  );
  expect(sector.subarray(462).toString("hex")).toBe(`${"00".repeat(48)}55aa`);
});

test("a sector without the signature is no MBR", () => {
  expect(() => decodeMbr(Buffer.alloc(512))).toThrow("55 aa");
});
