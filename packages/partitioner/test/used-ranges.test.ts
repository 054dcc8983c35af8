import { copyFile, open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { needs } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { partitionOf } from "../src/layout/disk-plan.ts";
import { openDisk } from "../src/read/disk-reader.ts";
import type { ByteRange } from "../src/used/byte-range.ts";
import { compareDisks } from "../src/used/compare-disks.ts";
import { usedRanges } from "../src/used/used-ranges.ts";
import { createAbRig } from "./ab-rig.ts";
import { createRig, diskTools, exec, MiB } from "./rig.ts";

const it = needs(...diskTools, "sfdisk", "debugfs", "mcopy", "bash", "setpriv");

async function used(path: string): Promise<ByteRange[]> {
  await using disk = await openDisk(path);
  return await usedRanges(disk);
}

/** Writes only what is used onto a file of noise, as a flasher does onto a card that was used. */
async function writeOntoNoise(image: string, card: string): Promise<ByteRange[]> {
  const ranges = await used(image);
  const { size } = await stat(image);
  const bytes = Buffer.alloc(size, 0xa5);
  await using file = await open(image);
  for (const { start, end } of ranges) await file.read(bytes, start, end - start, start);
  await writeFile(card, bytes);
  return ranges;
}

/** Cuts a partition out, has fsck look at it, and lists every file with its content's sum. */
async function content(path: string, start: number, bytes: number, type: string): Promise<string> {
  const part = `${path}.part`;
  const tree = `${path}.tree`;
  await writeFile(part, (await readFile(path)).subarray(start, start + bytes));
  const commands =
    type === "ext4"
      ? `fsck.ext4 -fn "$1" >&2; debugfs -R "rdump / $2" "$1" 2>/dev/null >&2; dumpe2fs -h "$1" 2>/dev/null | grep -v "Lifetime"`
      : `fsck.vfat -n "$1" >&2; MTOOLS_SKIP_CHECK=1 mcopy -s -i "$1" :: "$2"`;
  const script = `rm -rf "$2"; mkdir "$2"; ${commands}; cd "$2"; find . -type f -exec sha256sum {} + | sort`;
  const { stdout } = await exec.run({
    program: "bash",
    args: ["-euc", script, "bash", part, tree],
  });
  return stdout;
}

describe("on a card of noise, what is used makes", () => {
  for (const table of ["gpt-hybrid", "mbr"] as const) {
    it(`an A/B disk with a ${table} table, whose filesystems are whole`, async () => {
      await using rig = await createAbRig(table);
      await rig.write({ "root/usr/lib/large": "large".repeat(1_500_000) });
      const { plan, bytes } = await rig.assemble();
      const card = join(rig.path, "card.img");
      const ranges = await writeOntoNoise(rig.output, card);
      const usedBytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
      expect(usedBytes).toBeLessThan(bytes / 4);
      for (const { spec, startBytes, sizeBytes } of plan.partitions) {
        if (typeof spec.content !== "string") continue;
        expect(await content(card, startBytes, sizeBytes, spec.filesystem), spec.role).toBe(
          await content(rig.output, startBytes, sizeBytes, spec.filesystem),
        );
      }
      // Nothing that an old card had is found in the slot that is empty.
      const { startBytes } = partitionOf(plan, "boot-b");
      const slot = (await readFile(card)).subarray(startBytes, startBytes + MiB);
      expect(slot.every((byte) => byte === 0)).toBe(true);
    });
  }

  it("an ext4 of this machine's own defaults, and code in front of it", async () => {
    await using rig = await createRig();
    await rig.write({ "tree/file": "content".repeat(100_000), loader: "spl".repeat(3000) });
    await rig.shell(`
      truncate -s 160M disk.img; echo '262144,,83' | sfdisk -q disk.img; truncate -s 32M part
      mke2fs -q -t ext4 -d tree part; dd if=part of=disk.img bs=1M seek=128 conv=notrunc status=none
      dd if=loader of=disk.img bs=1K seek=8 conv=notrunc status=none`);
    const card = join(rig.path, "card.img");
    const ranges = await writeOntoNoise(rig.output, card);
    expect(await content(card, 128 * MiB, 32 * MiB, "ext4")).toBe(
      await content(rig.output, 128 * MiB, 32 * MiB, "ext4"),
    );
    const loader = (await readFile(card)).subarray(8192, 8192 + 9000);
    expect(loader.toString()).toBe("spl".repeat(3000));
    expect(ranges.some(({ start, end }) => start < 100 * MiB && 100 * MiB < end)).toBe(false);
  });
});

it("holes of the file make no difference", async () => {
  await using rig = await createAbRig();
  await rig.assemble();
  const sparse = await used(rig.output);
  await rig.shell("cp --sparse=never disk.img full.img");
  expect(await used(join(rig.path, "full.img"))).toEqual(sparse);
});

it("a filesystem that is not known is used as a whole", async () => {
  await using rig = await createRig();
  await rig.shell(
    "truncate -s 64M disk.img; printf '8192,32768,83\\n65536,32768,83\\n' | sfdisk -q disk.img",
  );
  await using file = await open(rig.output, "r+");
  await file.write("data", 12 * MiB);
  expect(await used(rig.output)).toEqual([
    { start: 0, end: 4096 },
    { start: 4 * MiB, end: 20 * MiB },
    { start: 32 * MiB, end: 33 * MiB },
  ]);
});

describe("a card against its image", () => {
  async function written() {
    const rig = await createAbRig();
    const { plan, bytes } = await rig.assemble();
    const card = join(rig.path, "card.img");
    await writeOntoNoise(rig.output, card);
    const compare = async () => {
      await using image = await openDisk(rig.output);
      await using disk = await openDisk(card);
      return await compareDisks(image, disk);
    };
    const spoil = async (at: number) => {
      await using file = await open(card, "r+");
      await file.write(Buffer.from([0x5a]), 0, 1, at);
    };
    return { rig, plan, bytes, card, compare, spoil };
  }

  it("is the same where it has what is used, whatever lies elsewhere and behind it", async () => {
    const { rig, card, compare } = await written();
    await using _rig = rig;
    await rig.shell(`truncate -s +16M '${card}'`);
    expect(await compare()).toMatchObject({ leftOut: 6, differences: [] });
  });

  it("differs where one byte does: by partition, and in the tables", async () => {
    const { rig, plan, bytes, compare, spoil } = await written();
    await using _rig = rig;
    const [boot, root] = [partitionOf(plan, "boot-a"), partitionOf(plan, "root-a")];
    const places = [bytes - 512, boot.startBytes + 100, root.startBytes + 1080];
    for (const at of places) await spoil(at);
    const { differences } = await compare();
    expect(differences.toSorted((a, b) => a.firstByte - b.firstByte)).toEqual([
      { partition: 2, name: "boot-a", firstByte: places[1], blocks: 1 },
      { partition: 4, name: "root-a", firstByte: places[2], blocks: 1 },
      { firstByte: places[0], blocks: 1 },
    ]);
  });

  it("may differ in what slots share", async () => {
    const { rig, plan, compare, spoil } = await written();
    await using _rig = rig;
    await spoil(partitionOf(plan, "shared").startBytes + 1080);
    expect((await compare()).differences).toEqual([]);
  });

  it("that is too small differs", async () => {
    const { rig, card, plan, compare } = await written();
    await using _rig = rig;
    await copyFile(rig.output, card);
    await rig.shell(`truncate -s ${partitionOf(plan, "root-a").startBytes} '${card}'`);
    expect((await compare()).differences.map(({ partition }) => partition)).toEqual([
      4,
      5,
      undefined,
    ]);
  });
});
