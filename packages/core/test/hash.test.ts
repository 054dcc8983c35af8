import { mkdtemp, readdir, readlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sha256, sha256File } from "../src/hash.ts";
import { readPieces } from "../src/read-pieces.ts";
import { removeTree } from "../src/resources/remove-tree.ts";

const MiB = 1024 ** 2;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pibuild-hash-"));
});
afterEach(() => removeTree(directory));

/** A file whose bytes tell where in it they lie. */
async function fileOf(length: number) {
  const bytes = Buffer.from(Uint32Array.from({ length: length / 4 + 1 }, (_, i) => i).buffer);
  const path = join(directory, String(length));
  await writeFile(path, bytes.subarray(0, length));
  return { path, bytes: bytes.subarray(0, length) };
}

test.each([0, 1, MiB - 1, MiB, MiB + 1, 3 * MiB, 5 * MiB + 7])(
  "a file of %d bytes has the digest of its bytes",
  async (length) => {
    const { path, bytes } = await fileOf(length);
    expect(await sha256File(path)).toBe(sha256(bytes));
  },
);

test("a file that is not there is an error", async () => {
  await expect(sha256File(join(directory, "none"))).rejects.toThrow("ENOENT");
});

test.each([
  [0, 0],
  [5, 100],
  [MiB - 1, 2],
  [7, 2 * MiB],
  [3 * MiB, 10 * MiB],
])(
  "a part that begins at byte %d and has %d is read, as far as there is one",
  async (start, length) => {
    const { path, bytes } = await fileOf(4 * MiB + 3);
    const pieces: Buffer[] = [];
    for await (const piece of readPieces(path, { start, length })) {
      pieces.push(Buffer.from(piece));
    }
    expect(Buffer.concat(pieces).equals(bytes.subarray(start, start + length))).toBe(true);
  },
);

test("whoever has read enough of a file stops, and it is closed", async () => {
  const { path, bytes } = await fileOf(3 * MiB);
  for await (const piece of readPieces(path)) {
    expect(piece.equals(bytes.subarray(0, MiB))).toBe(true);
    break;
  }
  const open = (await readdir("/proc/self/fd")).map((fd) =>
    readlink(`/proc/self/fd/${fd}`).catch(() => ""),
  );
  expect(await Promise.all(open)).not.toContain(path);
});
