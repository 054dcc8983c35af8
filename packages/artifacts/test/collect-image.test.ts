import {
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { createExec, isPibuildError, removeTree, sha256File } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";
import { collectImage } from "../src/index.ts";

const MiB = 1024 ** 2;
const exec = createExec();
const packing = needs("xz", "zstd", "zip");

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild collect-"));
  onTestFinished(() => removeTree(directory));
  return directory;
}

/** An image of 64 MiB with two words in it. */
async function makeImage(directory: string): Promise<string> {
  const path = join(directory, "other name.img");
  const file = await open(path, "w");
  await file.write("begin", 0);
  await file.write("end", 40 * MiB);
  await file.truncate(64 * MiB);
  await file.close();
  return path;
}

const ways: Readonly<Record<string, (image: string) => Promise<string>>> = {
  ".img": async (image) => image,
  ".img.gz": async (image) => {
    await writeFile(`${image}.gz`, gzipSync(await readFile(image)));
    return `${image}.gz`;
  },
  ".img.xz": async (image) => {
    await exec.run({ program: "xz", args: ["--keep", image] });
    return `${image}.xz`;
  },
  ".img.zst": async (image) => {
    await exec.run({ program: "zstd", args: ["-q", image] });
    return `${image}.zst`;
  },
  ".zip": (image) => zip(image, image.replace(/\.img$/, ".zip")),
  ".img.zip": (image) => zip(image, `${image}.zip`),
};

/** What comes before the image in the file is no image. */
async function zip(image: string, to: string, ...options: readonly string[]): Promise<string> {
  const cwd = join(image, "..");
  await writeFile(join(cwd, "about.txt"), "nothing");
  await exec.run({
    program: "zip",
    args: ["-q", ...options, to, "about.txt", basename(image)],
    cwd,
  });
  return to;
}

const collect = (packed: string, directory: string, limit?: number) =>
  collectImage({
    ...{ packed, output: join(directory, "out/pi.img.xz"), level: 0, sourceDateEpoch: 1 },
    ...{ exec, ...(limit === undefined ? {} : { limit }) },
  });

for (const [ending, pack] of Object.entries(ways)) {
  packing(
    `an image in ${ending} comes out as the same image in .img.xz with its checksum`,
    async () => {
      const directory = await scratch();
      const image = await makeImage(directory);
      const digest = await sha256File(image);
      const packed = await pack(image);
      const { image: unpacked } = await collect(packed, directory);
      expect(unpacked.sha256).toBe(digest);
      const out = join(directory, "out");
      expect((await readdir(out)).sort()).toEqual(["pi.img.xz", "pi.img.xz.sha256"]);
      await exec.run({ program: "sha256sum", args: ["--check", "pi.img.xz.sha256"], cwd: out });
      await exec.run({ program: "xz", args: ["--decompress", "pi.img.xz"], cwd: out });
      expect(await sha256File(join(out, "pi.img"))).toBe(digest);
      expect((await stat(packed)).isFile(), "what was packed stays").toBe(true);
    },
  );
}

packing("a zip64 file is read as well", async () => {
  const directory = await scratch();
  const image = await makeImage(directory);
  const packed = await zip(image, join(directory, "big.zip"), "--force-zip64");
  expect((await collect(packed, directory)).image.sha256).toBe(await sha256File(image));
});

for (const ending of [".img.gz", ".img.xz", ".img.zst", ".zip"]) {
  packing(`one in ${ending} that was cut off is refused, and leaves nothing`, async () => {
    const directory = await scratch();
    const packed = (await ways[ending]?.(await makeImage(directory))) ?? "";
    await truncate(packed, Math.floor((await stat(packed)).size / 2));
    const error = await collect(packed, directory).catch((one: unknown) => one);
    expect(isPibuildError(error, "VERIFY_FAILED"), String(error)).toBe(true);
    expect(await readdir(join(directory, "out"))).toEqual([]);
  });
}

for (const ending of [".img.gz", ".img.zst", ".zip"]) {
  packing(`one in ${ending} that unpacks to more than it may is refused`, async () => {
    const directory = await scratch();
    const packed = (await ways[ending]?.(await makeImage(directory))) ?? "";
    await expect(collect(packed, directory, MiB)).rejects.toThrow(/bytes/);
    expect(await readdir(join(directory, "out"))).toEqual([]);
  });
}

packing("a zip file with one byte of its image changed is refused", async () => {
  const directory = await scratch();
  const packed = await zip(await makeImage(directory), join(directory, "stored.zip"), "-0");
  const bytes = await readFile(packed);
  bytes[bytes.indexOf("begin") + 1] = 0x45;
  await writeFile(packed, bytes);
  await expect(collect(packed, directory)).rejects.toThrow("not those of its CRC-32");
});

packing(
  "a zip file without an image, and one that leads out of its directory, are refused",
  async () => {
    const directory = await scratch();
    const image = await makeImage(directory);
    await rename(image, join(directory, "image.iso"));
    const packed = await zip(join(directory, "image.iso"), join(directory, "none.zip"));
    await expect(collect(packed, directory)).rejects.toThrow("no file in it ends with .img");
    const bytes = await readFile(packed);
    const leading = join(directory, "leading.zip");
    await writeFile(
      leading,
      bytes.toString("latin1").replaceAll("about.txt", "../ab.txt"),
      "latin1",
    );
    await expect(collect(leading, directory)).rejects.toThrow("invalid relative path");
  },
);
