import { crc32 } from "node:zlib";
import { tableKinds } from "@pibuild/pi-boot";
import fc from "fast-check";
import { expect, test } from "vitest";
import { layouts } from "../src/layout/layouts.ts";
import { planDisk } from "../src/layout/plan.ts";
import { inspectDisk } from "../src/read/inspect-disk.ts";
import { partitionsOf } from "../src/read/seen.ts";
import { encodeTable } from "../src/table/encode-table.ts";
import { encodeGpt, type TablePiece } from "../src/table/gpt.ts";
import { encodeMbr } from "../src/table/mbr.ts";
import { MiB } from "./rig.ts";
import { sparseDisk } from "./sparse-disk.ts";

/** Inputs for each property; tools/fuzz tries 100,000. */
const numRuns = Number(process.env.PIBUILD_FUZZ_RUNS ?? 400);
const timeout = 60_000 + numRuns * 50;
const seed = process.env.PIBUILD_FUZZ_SEED;
const parameters = { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };
const diskBytes = 2048 * MiB;
/** Many times what a sound disk of this size takes, and far from what keeps a person waiting. */
const limits = { calls: 200_000, bytes: 256 * MiB };

/** Looks at a disk, and checks what may be said of any bytes: it ends, and stays within bounds. */
async function look(pieces: readonly TablePiece[], sizeBytes = diskBytes): Promise<void> {
  const disk = sparseDisk(sizeBytes, pieces);
  const { table, partitions, slots } = await inspectDisk(disk);
  expect(disk.asked.calls).toBeLessThan(limits.calls);
  expect(disk.asked.bytes).toBeLessThan(limits.bytes);
  const numbers = partitionsOf(table).map(({ number }) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const { rootNumber } of slots) {
    if (rootNumber !== undefined)
      expect(partitions.some((one) => one.number === rootNumber)).toBe(true);
  }
  expect(JSON.parse(JSON.stringify({ table, partitions, slots }))).toBeDefined();
}

const word = fc.oneof(
  fc.constantFrom(0, 1, 2, 8192, 0xffff_ffff),
  fc.integer({ min: 0, max: 4_194_304 }),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const type = fc.constantFrom(0x05, 0x0c, 0x0f, 0x83, 0x85, 0xee, 0xef, 0x01);
const entry = fc.record({ type, startSector: word, sectors: word });
const entries = fc.array(fc.option(entry, { nil: undefined }), { maxLength: 4 });
const sectors = fc.array(fc.tuple(word, entries), { maxLength: 6 });

/** The head of a FAT with whatever numbers, and a root directory. */
const fat = fc
  .record({
    sectorBytes: fc.constantFrom(512, 1024, 4096, 0, 513),
    perCluster: fc.constantFrom(1, 4, 64, 128, 0, 3),
    reserved: fc.integer({ min: 0, max: 40 }),
    copies: fc.integer({ min: 0, max: 3 }),
    rootEntries: fc.integer({ min: 0, max: 0xffff }),
    sectors16: fc.constantFrom(0, 0, 1000, 0xffff),
    table16: fc.constantFrom(0, 0, 9, 0xffff),
    sectors32: word,
    table32: word,
    rootCluster: fc.oneof(fc.constant(2), word),
    chain: fc.oneof(fc.constantFrom(2, 3, 0x0fffffff), word),
    name: fc.constantFrom("AUTOBOOTTXT", "CMDLINE TXT", "START   ELF"),
    bytes: fc.oneof(fc.constantFrom(0, 512), word),
    cluster: fc.integer({ min: 0, max: 0xffff }),
  })
  .map((one) => {
    const bytes = Buffer.alloc(256 * 512);
    bytes.writeUInt16LE(one.sectorBytes, 11);
    bytes.writeUInt8(one.perCluster, 13);
    bytes.writeUInt16LE(one.reserved, 14);
    bytes.writeUInt8(one.copies, 16);
    bytes.writeUInt16LE(one.rootEntries, 17);
    bytes.writeUInt16LE(one.sectors16, 19);
    bytes.writeUInt16LE(one.table16, 22);
    bytes.writeUInt32LE(one.sectors32, 32);
    bytes.writeUInt32LE(one.table32, 36);
    bytes.writeUInt32LE(one.rootCluster, 44);
    bytes.writeUInt16LE(0xaa55, 510);
    for (let at = 32 * 512; at < 64 * 512; at += 4) bytes.writeUInt32LE(one.chain, at);
    for (let at = 64 * 512; at < bytes.length; at += 32) {
      bytes.write(one.name, at, "latin1");
      bytes.writeUInt16LE(one.cluster, at + 26);
      bytes.writeUInt32LE(one.bytes, at + 28);
    }
    return bytes;
  });

test("an MBR with any entries, and any chain, is read to its end", { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(entries, sectors, fat, async (own, chain, bytes) => {
      const at = own.find((one) => one !== undefined)?.startSector ?? 8192;
      const link = (list: typeof own) => encodeMbr({ diskId: "00000001", entries: list });
      await look([
        { sector: 0, bytes: link(own) },
        { sector: at, bytes },
        ...chain.map(([sector, list]) => ({ sector, bytes: link(list) })),
      ]);
    }),
    parameters,
  );
});

const big = fc.oneof(word, fc.maxSafeInteger().map(Math.abs));
const gptEntry = fc.record({
  type: fc.constantFrom(
    "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7",
    "00000000-0000-0000-0000-000000000000",
  ),
  guid: fc.constantFrom("0fc63daf-8483-4772-8e79-3d69d8477de4"),
  firstSector: big,
  lastSector: big,
  name: fc.string({ unit: "binary", maxLength: 40 }),
});

test("a GPT with any entries and any header, sums and all, is read to its end", {
  timeout,
}, async () => {
  const field = fc.record({
    at: fc.constantFrom(8, 12, 24, 32, 40, 48, 72, 80, 84),
    value: word,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(gptEntry, { maxLength: 128 }),
      fc.array(field, { maxLength: 3 }),
      fat,
      async (list, fields, bytes) => {
        const pieces = encodeGpt({
          diskGuid: "0fc63daf-8483-4772-8e79-3d69d8477de4",
          sectors: diskBytes / 512,
          entries: list,
        });
        const header = pieces[0]?.bytes ?? Buffer.alloc(512);
        for (const { at, value } of fields) header.writeUInt32LE(value, at);
        header.writeUInt32LE(0, 16);
        const headerBytes = Math.min(header.readUInt32LE(12), 512);
        header.writeUInt32LE(crc32(header.subarray(0, headerBytes)), 16);
        const mbr = encodeMbr({
          diskId: "00000001",
          entries: [{ type: 0xee, startSector: 1, sectors: 100 }],
        });
        const [first] = list;
        await look([
          { sector: 0, bytes: mbr },
          { sector: first?.firstSector ?? 8192, bytes },
          ...pieces,
        ]);
      },
    ),
    parameters,
  );
});

test("a sound table with changed bytes is read to its end", { timeout }, async () => {
  const tables = tableKinds.map((table) => {
    const plan = planDisk({ ...layouts.ab6, table }, { diskBytes });
    return encodeTable(plan, "x");
  });
  const change = fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...tables),
      fc.array(change, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(diskBytes, diskBytes - 512, 8 * MiB, 700, 0),
      async (table, changes, sizeBytes) => {
        const pieces = table.map(({ sector, bytes }) => ({ sector, bytes: Buffer.from(bytes) }));
        for (const [which, at, value] of changes) {
          const bytes = pieces[which % pieces.length]?.bytes;
          bytes?.writeUInt8(value, at % (bytes.length || 1));
        }
        await look(pieces, sizeBytes);
      },
    ),
    parameters,
  );
});

test("any bytes at all are read to their end", { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), fat, async (bytes, head) => {
      const signed = Buffer.concat([Buffer.alloc(512), Buffer.from(bytes)]);
      signed.set(bytes.subarray(0, 510));
      signed.writeUInt16LE(0xaa55, 510);
      await look([{ sector: 0, bytes: signed }], 64 * 1024);
      await look([{ sector: 0, bytes: head }]);
    }),
    parameters,
  );
});
