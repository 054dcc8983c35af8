import { mkdtemp, open, readFile, realpath, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "@pibuild/cache";
import type { Image } from "@pibuild/config";
import { removeTree, sha256, sha256File } from "@pibuild/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { keyOf } from "../src/targets/named-inputs.ts";
import { packFile, unpackFile } from "../src/targets/shared/pack-file.ts";
import { offeredFiles } from "../src/targets/shared/result-record.ts";
import type { FileTarget } from "../src/targets/target.ts";

const target = {
  name: "artifacts",
  outputs: () => ["pi.img.xz", "pi.bmap"],
} as unknown as FileTarget;
const image = {} as Image;
const inputs = { disk: "1" };
const file = (path: string, change = {}) => ({
  ...{ path, bytes: 3, sha256: sha256(path), packing: "none", blob: sha256(path), ...change },
});

function entry(about: object = {}, change: Partial<Entry> = {}): Entry {
  const files = [file("pi.bmap"), file("pi.img.xz")];
  return {
    ...{ version: 1, kind: "result", scope: "main", key: keyOf("artifacts", inputs) },
    blobs: ["pi.bmap", "pi.img.xz"].map((name) => ({ name, digest: sha256(name), bytes: 3 })),
    about: { version: 1, image: "pi", target: "artifacts", inputs, files, ...about },
    ...change,
  };
}

describe("a result of the cache's", () => {
  test("offers the files that its target has, by any image that makes the same", () => {
    const offered = offeredFiles(entry({ image: "another" }), target, image) ?? [];
    expect(offered.map(({ file: { path }, blob }) => [path, blob.digest])).toEqual([
      ["pi.bmap", sha256("pi.bmap")],
      ["pi.img.xz", sha256("pi.img.xz")],
    ]);
  });

  test.each<[string, Entry]>([
    ["of another target", entry({ target: "disk" })],
    ["of other inputs than its key's", entry({ inputs: { disk: "2" } })],
    ["of another version", entry({ version: 2 })],
    ["without one of its files", entry({ files: [file("pi.bmap")] })],
    ["with one more", entry({ files: [file("pi.bmap"), file("pi.img.xz"), file("x")] })],
    ["with a path", entry({ files: [file("pi.bmap"), file("../../etc/passwd")] })],
    ["with one file twice", entry({ files: [file("pi.bmap"), file("pi.bmap")] })],
    ["without a blob", entry({}, { blobs: [] })],
    [
      "whose blob is another's",
      entry({ files: [file("pi.bmap", { blob: sha256("pi.img.xz") }), file("pi.img.xz")] }),
    ],
    [
      "with a size that is none",
      entry({ files: [file("pi.bmap", { bytes: -1 }), file("pi.img.xz")] }),
    ],
    [
      "packed in another way",
      entry({ files: [file("pi.bmap", { packing: "sh" }), file("pi.img.xz")] }),
    ],
    ["without files", entry({ files: null })],
    ["of nothing", entry({}, { about: {} })],
  ])("%s offers nothing", (_what, wrong) => {
    expect(offeredFiles(wrong, target, image)).toBeUndefined();
  });
});

describe("a disk that is sent", () => {
  async function scratch() {
    const directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild packed-")));
    onTestFinished(() => removeTree(directory));
    return (name: string) => join(directory, name);
  }

  test("is small where it holds nothing, and comes back with its holes, byte for byte", async () => {
    const at = await scratch();
    await using disk = await open(at("disk"), "w");
    await disk.write("begins", 0);
    await disk.write("middle", 3_000_000);
    await disk.truncate(100_000_001);
    await packFile(at("disk"), at("packed"));
    expect((await stat(at("packed"))).size).toBeLessThan(20_000);
    await using copy = await open(at("copy"), "w");
    const options = { packing: "zstd", bytes: 100_000_001 } as const;
    const digest = await unpackFile(at("packed"), copy, options);
    expect(digest).toBe(await sha256File(at("disk")));
    expect(await sha256File(at("copy"))).toBe(digest);
    expect((await stat(at("copy"))).blocks * 512).toBeLessThan(1_000_000);
  });

  test("is refused where it unpacks to more than was said, or does not unpack", async () => {
    const at = await scratch();
    await writeFile(at("large"), Buffer.alloc(5_000_000, 1));
    await packFile(at("large"), at("packed"));
    const unpack = async (bytes: number) => {
      await using copy = await open(at("copy"), "w");
      return await unpackFile(at("packed"), copy, { packing: "zstd", bytes });
    };
    await expect(unpack(4_999_999)).rejects.toThrow("it holds more than 4999999 bytes");
    expect(await unpack(5_000_000)).toBe(await sha256File(at("large")));
    await truncate(at("packed"), 100);
    await expect(unpack(5_000_000)).rejects.toThrow();
    await writeFile(at("packed"), "no zstd");
    await expect(unpack(5_000_000)).rejects.toThrow();
    expect((await readFile(at("packed"))).length).toBe(7);
  });
});
