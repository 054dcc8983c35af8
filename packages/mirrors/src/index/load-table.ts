import { constants, createReadStream, createWriteStream } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type Exec, placeFile, type Sha256, sha256 } from "@pibuild/core";
import type { Stored } from "../store/package-store.ts";
import { IndexTable, makeTable } from "./index-table.ts";
import { readIndex } from "./read-index.ts";

/** Of the sum that a kept table begins with. */
const sumLength = 64;

/** A table that was made before of the index with this sum; undefined where there is none, or a damaged one. */
export async function keptTable(
  directory: string,
  indexSum: string,
): Promise<IndexTable | undefined> {
  const bytes = await readFile(join(directory, "tables", indexSum)).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const rows = bytes.subarray(sumLength);
  return bytes.toString("latin1", 0, sumLength) === sha256(rows) ? new IndexTable(rows) : undefined;
}

/** The table of an index of packages, as it is on mirrors: `Packages`, `.gz` or `.xz`. Kept for the next time. */
export async function loadTable(
  exec: Exec,
  directory: string,
  { path, sha256: sum }: Stored,
  name: string,
): Promise<IndexTable> {
  const kept = await keptTable(directory, sum);
  if (kept !== undefined) return kept;
  const partial = join(directory, "partial");
  await mkdir(partial, { recursive: true });
  const scratch = await mkdtemp(join(partial, "index-"));
  await using _scratch = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
  const plain = await unpack(exec, path, join(scratch, "Packages"), name);
  return await makeKept(directory, plain, sum);
}

/** The table of an index that is not packed, whose sum was checked. */
export async function tableOf(directory: string, plain: string, sum: Sha256): Promise<IndexTable> {
  return (await keptTable(directory, sum)) ?? (await makeKept(directory, plain, sum));
}

async function makeKept(directory: string, plain: string, sum: Sha256): Promise<IndexTable> {
  const table = await makeTable(readIndex(plain));
  const to = join(directory, "tables", sum);
  await mkdir(dirname(to), { recursive: true });
  await placeFile(to, Buffer.concat([Buffer.from(sha256(table.bytes)), table.bytes]));
  return table;
}

/** The text of an index; a packed one is unpacked to `to`. */
export async function unpack(
  exec: Exec,
  packed: string,
  to: string,
  name: string,
): Promise<string> {
  if (name.endsWith(".gz")) {
    await pipeline(createReadStream(packed), createGunzip(), createWriteStream(to));
  } else if (name.endsWith(".xz")) {
    await copyFile(packed, `${to}.xz`, constants.COPYFILE_FICLONE);
    await exec.run({ program: "xz", args: ["--decompress", "--", `${to}.xz`], quiet: true });
  } else return packed;
  return to;
}
