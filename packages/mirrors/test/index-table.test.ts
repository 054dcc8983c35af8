import { createHash } from "node:crypto";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sha256 } from "@pibuild/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeTable } from "../src/index/index-table.ts";
import { readIndex } from "../src/index/read-index.ts";

const sum = (text: string) => createHash("sha256").update(text).digest("hex") as Sha256;

test("every package of an index is found by its path, and nothing else", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild index-"));
  const file = join(scratch.path, "Packages");
  const long = "x".repeat(200_000);
  const paths = Array.from(
    { length: 3000 },
    (_, n) => `pool/main/p${n}/p${n}_1:${n}.0~a+b_arm64.deb`,
  );
  const paragraphs = paths.map(
    (path, n) =>
      `Package: p${n}\nFilename: ./${path}\nSize: ${n * 1_000_003}\nDescription: ${n === 7 ? long : "Filename: no"}\n Size: 1\nSHA256: ${sum(path)}`,
  );
  await writeFile(file, `${paragraphs.join("\n\n")}\n\nPackage: without\nFilename: pool/without\n`);
  const table = await makeTable(readIndex(file));
  for (const [n, path] of paths.entries())
    expect(table.find(path)).toEqual({ size: n * 1_000_003, sha256: sum(path) });
  for (const path of ["pool/without", "", "pool/main/p1/p1_1:2.0~a+b_arm64.deb"])
    expect(table.find(path)).toBeUndefined();
});

test("the files of a source package are found, which stand in lines of their own", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild index-"));
  const file = join(scratch.path, "Sources");
  const source = (name: string) => [
    `Package: ${name}`,
    `Files:\n 0123 7 ${name}.dsc`,
    `Checksums-Sha256:\n ${sum(name)} 7 ${name}.dsc\n ${sum(`${name} x`)} 9 ${name}.tar.xz`,
    `Directory: pool/main/${name}`,
  ];
  await writeFile(file, ["a", "b"].map((name) => `${source(name).join("\n")}\n`).join("\n"));
  const table = await makeTable(readIndex(file));
  expect(table.find("pool/main/b/b.dsc")).toEqual({ size: 7, sha256: sum("b") });
  expect(table.find("pool/main/a/a.tar.xz")).toEqual({ size: 9, sha256: sum("a x") });
});

test("an empty index has nothing, and a small one all that it has", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 }),
      async (paths) => {
        async function* entries() {
          for (const path of paths) yield [{ path, size: path.length, sha256: sum(path) }];
        }
        const table = await makeTable(entries());
        for (const path of paths) expect(table.find(path)?.size).toBe(path.length);
        expect(table.find("\0none")).toBeUndefined();
      },
    ),
    { numRuns: 50 },
  );
});
