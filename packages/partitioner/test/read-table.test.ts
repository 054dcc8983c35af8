import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { tableKinds } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { layouts } from "../src/layout/layouts.ts";
import { planDisk } from "../src/layout/plan.ts";
import { openDisk } from "../src/read/disk-reader.ts";
import { readTable } from "../src/read/read-table.ts";
import { partitionsOf } from "../src/read/seen.ts";
import { encodeTable } from "../src/table/encode-table.ts";
import type { TablePiece } from "../src/table/gpt.ts";
import { encodeMbr } from "../src/table/mbr.ts";
import { createRig, exec, MiB } from "./rig.ts";
import { sparseDisk } from "./sparse-disk.ts";

const it = needs("sfdisk", "sgdisk", "bash");
const diskBytes = 2048 * MiB;

function abTable(table: (typeof tableKinds)[number]) {
  const plan = planDisk({ ...layouts.ab6, table }, { diskBytes });
  return { plan, pieces: encodeTable(plan, "x") };
}

for (const table of tableKinds) {
  test(`a ${table} table reads back as it was planned`, async () => {
    const { plan, pieces } = abTable(table);
    const read = await readTable(sparseDisk(diskBytes, pieces));
    expect(read.kind).toBe(table);
    expect(read.problems).toEqual([]);
    const own = partitionsOf(read).filter(({ type }) => type !== "0x05");
    expect(own.map(({ number, startBytes, sizeBytes }) => [number, startBytes, sizeBytes])).toEqual(
      plan.partitions.map(({ number, startBytes, sizeBytes }) => [number, startBytes, sizeBytes]),
    );
  });
}

describe("tables that others wrote", () => {
  /** What sfdisk prints, as far as both say it. */
  async function bySfdisk(path: string) {
    const { stdout } = await exec.run({ program: "sfdisk", args: ["-J", path] });
    const { partitions } = (JSON.parse(stdout) as { partitiontable: { partitions: Row[] } })
      .partitiontable;
    return partitions.map(({ node, start, size, name }) => [
      Number(node.replace(path, "")),
      start * 512,
      size * 512,
      name,
    ]);
  }
  interface Row {
    node: string;
    start: number;
    size: number;
    name?: string;
  }

  const cases: [string, string][] = [
    ["Raspberry Pi OS", "label: dos\nlabel-id: 0x4b4e3836\n8192,16384,c\n24576,32768,83\n"],
    [
      "logical partitions, with a gap and another kind of container",
      "label: dos\n2048,2048,c\n8192,40960,f\n10240,2048,83\n14336,4096,83\n20480,2048,82\n",
    ],
    [
      "rpi-image-gen's slots",
      `label: gpt\n${["bootconfig", "boot_a", "boot_b", "system_a", "system_b", "persistent"]
        .map((name, index) => `start=${8192 * (index + 1)}, size=8192, name=${name}`)
        .join("\n")}\n`,
    ],
    ["a GPT with free numbers", "label: gpt\n2: start=4096, size=4096\n7: start=8192, size=2048\n"],
  ];
  for (const [name, script] of cases) {
    it(name, async () => {
      await using rig = await createRig();
      await rig.shell("truncate -s 64M disk.img");
      await rig.write({ script });
      await rig.shell("sfdisk -q disk.img <script");
      await using disk = await openDisk(rig.output);
      const read = await readTable(disk);
      expect(read.problems).toEqual([]);
      expect(
        partitionsOf(read).map((one) => [one.number, one.startBytes, one.sizeBytes, one.name]),
      ).toEqual(await bySfdisk(rig.output));
    });
  }

  it("a hybrid whose GPT entry comes first counts every partition differently", async () => {
    await using rig = await createRig();
    await rig.shell(`
      truncate -s 64M disk.img
      sgdisk -n 1:8192:+8M -n 2:24576:+8M -n 3:40960:+8M disk.img >out
      sgdisk --hybrid 1:2:3 disk.img >out`);
    await using disk = await openDisk(rig.output);
    const { kind, problems } = await readTable(disk);
    expect(kind).toBe("gpt-hybrid");
    expect(problems).toEqual([
      { kind: "views-differ", mbrNumber: 2, gptNumber: 1 },
      { kind: "views-differ", mbrNumber: 3, gptNumber: 2 },
      { kind: "views-differ", mbrNumber: 4, gptNumber: 3 },
    ]);
  });

  it("an image that is cut short says so", async () => {
    await using rig = await createRig();
    await rig.shell(
      "truncate -s 64M disk.img; printf '8192,16384,c\\n24576,,83\\n' | sfdisk -q disk.img",
    );
    await truncate(join(rig.path, "disk.img"), 20 * MiB);
    await using disk = await openDisk(rig.output);
    expect((await readTable(disk)).problems).toEqual([
      { kind: "outside", table: "mbr", number: 2 },
    ]);
  });
});

describe("a damaged table", () => {
  const lastSector = diskBytes / 512 - 1;
  const broken = (pieces: TablePiece[], sector: number, at: number) =>
    pieces.map((piece) => {
      if (piece.sector !== sector) return piece;
      const bytes = Buffer.from(piece.bytes);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return { sector, bytes };
    });
  const read = (pieces: TablePiece[]) => readTable(sparseDisk(diskBytes, pieces));

  test.each<[string, number, number, object]>([
    ["header", 1, 40, { copy: "primary", why: "header checksum" }],
    ["signature", 1, 0, { copy: "primary", why: "signature" }],
    ["entries", 2, 60, { copy: "primary", why: "entries checksum" }],
    ["backup header", lastSector, 40, { copy: "backup", why: "header checksum" }],
  ])("whose %s changed is read from the other copy", async (_name, sector, at, problem) => {
    const { plan, pieces } = abTable("gpt");
    const table = await read(broken(pieces, sector, at));
    expect(table.kind).toBe("gpt");
    expect(table.problems).toEqual([{ kind: "gpt-damaged", ...problem }]);
    expect(partitionsOf(table)).toHaveLength(plan.partitions.length);
  });

  test("of which no copy is left is an MBR that promises too much", async () => {
    const { pieces } = abTable("gpt-hybrid");
    const table = await read(pieces.filter(({ sector }) => sector === 0));
    expect(table.kind).toBe("mbr");
    expect(table.problems).toContainEqual({ kind: "gpt-missing" });
  });

  test("that no MBR announces is not used", async () => {
    const { pieces } = abTable("gpt");
    const sector = encodeMbr({
      diskId: "deadbeef",
      entries: [{ type: 0x0c, startSector: 8192, sectors: 8192 }],
    });
    const table = await read([{ sector: 0, bytes: sector }, ...pieces.slice(1)]);
    expect(table.kind).toBe("mbr");
    expect(table.problems).toEqual([{ kind: "gpt-unannounced" }]);
  });

  test("whose partitions overlap, or are out of order, says which", async () => {
    const entries = [
      { type: 0x0c, startSector: 40_000, sectors: 8192 },
      { type: 0x0c, startSector: 8192, sectors: 8192 },
      { type: 0x83, startSector: 10_000, sectors: 100 },
      { type: 0x83, startSector: 90_000, sectors: 0 },
    ];
    const { problems } = await read([
      { sector: 0, bytes: encodeMbr({ diskId: "deadbeef", entries }) },
    ]);
    expect(problems).toEqual([
      { kind: "empty", table: "mbr", number: 4 },
      { kind: "overlap", table: "mbr", number: 3, other: 2 },
      { kind: "order", table: "mbr", number: 1, other: 3 },
    ]);
  });

  test("whose container leads back to itself is read once", async () => {
    const entry = (type: number, startSector: number) => ({ type, startSector, sectors: 100 });
    const sector = (entries: ReturnType<typeof entry>[]) =>
      encodeMbr({ diskId: "00000001", entries });
    const table = await read([
      { sector: 0, bytes: sector([entry(0x05, 1000)]) },
      { sector: 1000, bytes: sector([entry(0x83, 8), entry(0x05, 200)]) },
      { sector: 1200, bytes: sector([entry(0x83, 8), entry(0x05, 0)]) },
    ]);
    expect(partitionsOf(table).map(({ number }) => number)).toEqual([1, 5, 6]);
    expect(table.problems).toContainEqual({ kind: "chain", sector: 1000 });
  });
});
