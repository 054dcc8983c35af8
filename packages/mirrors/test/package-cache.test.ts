import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkPackages, lendPackages, PackageStore, returnPackages } from "../src/index.ts";

let scratch: string;
let cache: string;
let archives: string;
let lists: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pibuild packages-"));
  [cache, archives, lists] = ["cache", "archives", "lists"].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [archives, lists]) await mkdir(path);
});
afterEach(() => rm(scratch, { recursive: true }));

const one = { Package: "one", Version: "1:2.0_a-1", Architecture: "arm64" };
const oneFile = "one_1%3a2.0%5fa-1_arm64.deb";
const two = { Package: "two", Version: "1", Architecture: "all" };

/** An index as apt keeps it. */
async function index(
  packages: readonly (readonly [object, string])[],
  { release = "InRelease", directory = lists } = {},
): Promise<void> {
  const paragraphs = packages.map(([fields, content]) =>
    Object.entries({ ...fields, Description: "x", SHA256: sha256(content) })
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(""),
  );
  const suite = join(directory, "deb.example_debian_dists_x");
  await writeFile(`${suite}_main_binary-arm64_Packages`, paragraphs.join("\n"));
  await writeFile(`${suite}_${release}`, "");
}

async function download(name: string, content: string): Promise<void> {
  await writeFile(join(archives, name), content);
}

/** Changes bytes of a file, and nothing that `ls` would show. */
async function overwrite(path: string, content: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  await using file = await open(path, "r+");
  await file.write(content, 0);
  await utimes(path, atime, mtime);
}

/** Downloads both packages, with an index that names them, and gives them back. */
async function returnBoth(): Promise<void> {
  await index([
    [one, "one"],
    [two, "two"],
  ]);
  await download(oneFile, "one");
  await download("two_1_all.deb", "two");
  await returnPackages(archives, cache, [lists]);
}

const debs = async () => (await readdir(cache)).filter((name) => name.endsWith(".deb")).sort();

describe("what was downloaded", () => {
  test("is taken where a signed index names just these bytes, and again where it is gone", async () => {
    await returnBoth();
    expect(await checkPackages(cache, [])).toEqual([oneFile, "two_1_all.deb"]);
    await rm(join(cache, oneFile));
    await returnPackages(archives, cache, [lists]);
    expect(await readFile(join(cache, oneFile), "utf8")).toBe("one");
    // What is in the cache is no other name of what a chroot may write to.
    await overwrite(join(archives, oneFile), "bad");
    expect(await readFile(join(cache, oneFile), "utf8")).toBe("one");
  });

  test("is another name of what the store has by its content, and a copy where that is damaged", async () => {
    await index([
      [one, "one"],
      [two, "two"],
    ]);
    await download(oneFile, "one");
    await download("two_1_all.deb", "two");
    const store = new PackageStore(join(scratch, "store"));
    for (const text of ["one", "two"]) {
      await using part = await store.receive();
      await part.write(Buffer.from(text));
      await part.keep();
    }
    const path = async (text: string) => (await store.find(sha256(text)))?.path ?? "";
    const [kept, damaged] = [await path("one"), await path("two")];
    await overwrite(damaged, "bad");
    await returnPackages(archives, cache, [lists], store);
    expect((await stat(join(cache, oneFile))).ino).toBe((await stat(kept)).ino);
    expect(await readFile(join(cache, "two_1_all.deb"), "utf8")).toBe("two");
    expect(await checkPackages(cache, [])).toEqual([oneFile, "two_1_all.deb"]);
    expect(await path("one")).toBe(kept);
  });

  test.each([
    ["other bytes of the same size", "two_1_all.deb", "bad"],
    ["another package's bytes", oneFile, "two"],
    ["a name that no index has", "three_1_all.deb", "two"],
  ])("is not taken with %s", async (_what, name, content) => {
    await index([
      [one, "one"],
      [two, "two"],
    ]);
    await download(name, content);
    await returnPackages(archives, cache, [lists]);
    expect(await debs()).toEqual([]);
  });

  test("is not taken from an index that nobody signed, or from none", async () => {
    await download("two_1_all.deb", "two");
    await returnPackages(archives, cache, [join(scratch, "nothing")]);
    await index([[two, "two"]], { release: "Release" });
    await returnPackages(archives, cache, [lists]);
    expect(await debs()).toEqual([]);
    await index([[two, "two"]], { release: "Release.gpg" });
    await returnPackages(archives, cache, [lists]);
    expect(await debs()).toEqual(["two_1_all.deb"]);
  });

  test("is no link, whatever it leads to, and no directory", async () => {
    await index([[two, "two"]]);
    await writeFile(join(scratch, "elsewhere"), "two");
    await symlink(join(scratch, "elsewhere"), join(archives, "two_1_all.deb"));
    await mkdir(join(archives, oneFile));
    await returnPackages(archives, cache, [lists]);
    expect(await debs()).toEqual([]);
  });
});

describe("what is lent", () => {
  beforeEach(async () => {
    await returnBoth();
    await rm(archives, { recursive: true });
  });

  test("is a copy: who writes to it changes no other build's", async () => {
    await lendPackages(cache, archives);
    await overwrite(join(archives, oneFile), "bad");
    expect(await readFile(join(cache, oneFile), "utf8")).toBe("one");
    expect(await checkPackages(cache, [])).toHaveLength(2);
  });

  test("is whole: one with other bytes of the same size and time is dropped, and taken again", async () => {
    await overwrite(join(cache, oneFile), "\0\0\0");
    await lendPackages(cache, archives);
    expect((await readdir(archives)).sort()).toEqual(["partial", "two_1_all.deb"]);
    expect(await debs()).toEqual(["two_1_all.deb"]);
    await download(oneFile, "one");
    await returnPackages(archives, cache, [lists]);
    expect(await checkPackages(cache, [lists])).toEqual([oneFile, "two_1_all.deb"]);
  });

  test("is what the tree's own signed indexes name", async () => {
    const other = join(scratch, "other");
    await mkdir(other);
    await index([[one, "new"]], { directory: other });
    expect(await checkPackages(cache, [other])).toEqual([]);
    // Another archive's package of that name makes way, what nobody names stays.
    expect(await debs()).toEqual(["two_1_all.deb"]);
  });

  test.each(["x", "\n", "\n\n", "", "Package", "Package: one"])(
    "is what the other indexes name where one is no index: %j",
    async (text) => {
      await writeFile(
        join(lists, "deb.example_debian_dists_x_contrib_binary-arm64_Packages"),
        text,
      );
      expect(await checkPackages(cache, [lists])).toHaveLength(2);
    },
  );

  test("is what a large index names, in whatever order and wherever it is read in two", async () => {
    const filler = (size: number) =>
      [{ Package: "other", Description: "x".repeat(size) }, ""] as const;
    // The index is read in pieces of 1 MiB; whole paragraphs are what counts.
    for (const size of [10, 1024 * 1024 - 150, 1024 * 1024 - 90, 3 * 1024 * 1024]) {
      const { Package, ...rest } = one;
      await index([filler(size), [{ ...rest, Package }, "one"], filler(size), [two, "other"]]);
      expect(await checkPackages(cache, [lists])).toEqual([oneFile]);
      await index([filler(size), [one, "one"], filler(size), [two, "two"]]);
      await mkdir(archives, { recursive: true });
      await download("two_1_all.deb", "two");
      await returnPackages(archives, cache, [lists]);
      expect(await checkPackages(cache, [lists])).toHaveLength(2);
    }
    await index([filler(10)]);
    expect(await checkPackages(cache, [lists])).toEqual([]);
  });

  test("is not what nobody knows the sum of, until an index does", async () => {
    await rm(join(cache, ".sums.json"));
    expect(await checkPackages(cache, [])).toEqual([]);
    expect(await debs()).toHaveLength(2);
    expect(await checkPackages(cache, [lists])).toHaveLength(2);
    expect(await checkPackages(cache, [])).toHaveLength(2);
  });

  test.each(["", "null", "[]", "7", "{", '{"a":null}', '{"two_1_all.deb":{"sha256":7}}'])(
    "is asked of an index where the note says %j",
    async (text) => {
      await writeFile(join(cache, ".sums.json"), text);
      expect(await checkPackages(cache, [])).toEqual([]);
      expect(await checkPackages(cache, [lists])).toHaveLength(2);
    },
  );

  test("is not read again where nothing touched it", async () => {
    const touched = async () => (await stat(join(cache, oneFile), { bigint: true })).atimeNs;
    await utimes(join(cache, oneFile), 1, 1);
    await checkPackages(cache, []);
    const read = await touched();
    await checkPackages(cache, [lists]);
    expect(await touched()).toBe(read);
    const sums = await stat(join(cache, ".sums.json"));
    await checkPackages(cache, []);
    expect((await stat(join(cache, ".sums.json"))).ino).toBe(sums.ino);
  });
});
