import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBmap } from "@pibuild/artifacts";
import { createExec, programsFor, sha256File } from "@pibuild/core";
import { assembleDisk, compareDisks, layouts, openDisk, usedRanges } from "@pibuild/partitioner";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";

const it = needs(...programsFor("disk"), "bmaptool");
const exec = createExec();
const sourceDateEpoch = 1767225600;

async function smallImage() {
  const path = await mkdtemp(join(tmpdir(), "pibuild bmap-"));
  const sources = { root: join(path, "root"), boot: join(path, "boot") };
  await mkdir(join(sources.root, "boot/firmware"), { recursive: true });
  await mkdir(sources.boot);
  await writeFile(join(sources.root, "file"), "file".repeat(500_000));
  await writeFile(join(sources.boot, "kernel8.img"), "kernel".repeat(500_000));
  const image = join(path, "pi.img");
  const MiB = 1024 ** 2;
  await assembleDisk({
    ...{ layout: layouts.standard, sources, output: image, seed: "pi", sourceDateEpoch },
    ...{ exec, scratch: path, sizes: { boot: 40 * MiB, root: 200 * MiB } },
  });
  const bmap = async (output: string) => {
    await using disk = await openDisk(image);
    return await writeBmap({ image, ranges: await usedRanges(disk), output, sourceDateEpoch });
  };
  return { path, image, bmap, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

it("bmaptool takes the block map, finds every sum right, and writes what is used", async () => {
  await using dir = await smallImage();
  const output = join(dir.path, "pi.bmap");
  const artifact = await dir.bmap(output);
  const { size, mtimeMs } = await stat(output);
  expect(artifact).toEqual({ path: output, bytes: size, sha256: await sha256File(output) });
  expect(mtimeMs).toBe(sourceDateEpoch * 1000);
  const card = join(dir.path, "card");
  await exec.run({ program: "bmaptool", args: ["copy", "--bmap", output, dir.image, card] });
  await using image = await openDisk(dir.image);
  await using written = await openDisk(card);
  expect((await compareDisks(image, written)).differences).toEqual([]);
  expect((await stat(card)).blocks * 512).toBeLessThan(40 * 1024 ** 2);
});

it("bmaptool refuses an image that is not the map's", async () => {
  await using dir = await smallImage();
  const output = join(dir.path, "pi.bmap");
  await dir.bmap(output);
  const edit =
    "printf x | dd of=pi.img bs=1 seek=$((4 * 1024 * 1024 + 90)) conv=notrunc status=none";
  await exec.run({ program: "bash", args: ["-euc", edit], cwd: dir.path });
  const copy = exec.run({
    program: "bmaptool",
    args: ["copy", "--bmap", output, dir.image, join(dir.path, "card")],
  });
  await expect(copy).rejects.toThrow("exited with 1");
});

it("the same image gives the same block map, whatever holes its file has", async () => {
  await using dir = await smallImage();
  const first = await dir.bmap(join(dir.path, "a.bmap"));
  const fill = ["-euc", "cp --sparse=never pi.img full; mv full pi.img"];
  await exec.run({ program: "bash", args: fill, cwd: dir.path });
  expect((await dir.bmap(join(dir.path, "b.bmap"))).sha256).toBe(first.sha256);
});
