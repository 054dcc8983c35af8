import { createHash } from "node:crypto";
import type { Sha256 } from "@pibuild/core";
import type { IndexEntry } from "./read-index.ts";

/** Bytes of a row: what the path hashes to, the size, the sum. */
const [keyBytes, sizeBytes, sumBytes] = [10, 6, 32];
const firstRows = 1024;
const rowBytes = keyBytes + sizeBytes + sumBytes;

/**
 * What an index says of the files of packages, in 48 bytes for each: 64,000 paths and sums as strings would
 * take ten times as much of a process that waits most of the time.
 */
export class IndexTable {
  readonly #rows: Buffer;

  constructor(rows: Buffer) {
    this.#rows = rows;
  }

  /** As it is kept in a file. */
  get bytes(): Buffer {
    return this.#rows;
  }

  find(path: string): Omit<IndexEntry, "path"> | undefined {
    const key = keyOf(path);
    let [low, high] = [0, Math.floor(this.#rows.length / rowBytes)];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = middle * rowBytes;
      const order = this.#rows.compare(key, 0, keyBytes, at, at + keyBytes);
      if (order === 0) return this.#row(at + keyBytes);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  #row(at: number): Omit<IndexEntry, "path"> {
    const sum = this.#rows.subarray(at + sizeBytes, at + sizeBytes + sumBytes);
    return { size: this.#rows.readUIntBE(at, sizeBytes), sha256: sum.toString("hex") as Sha256 };
  }
}

/** Makes the table of an index, in one piece of memory that grows. */
export async function makeTable(
  entries: AsyncIterable<readonly IndexEntry[]>,
): Promise<IndexTable> {
  let rows = Buffer.allocUnsafeSlow(firstRows * rowBytes);
  let count = 0;
  for await (const some of entries) {
    for (const { path, size, sha256 } of some) {
      const at = count * rowBytes;
      if (at === rows.length) rows = Buffer.concat([rows], rows.length * 2);
      keyOf(path).copy(rows, at, 0, keyBytes);
      rows.writeUIntBE(size, at + keyBytes, sizeBytes);
      rows.write(sha256, at + keyBytes + sizeBytes, "hex");
      count += 1;
    }
  }
  const order = Uint32Array.from({ length: count }, (_, row) => row * rowBytes).sort((a, b) =>
    rows.compare(rows, b, b + keyBytes, a, a + keyBytes),
  );
  const sorted = Buffer.allocUnsafeSlow(count * rowBytes);
  order.forEach((from, row) => void rows.copy(sorted, row * rowBytes, from, from + rowBytes));
  return new IndexTable(sorted);
}

function keyOf(path: string): Buffer {
  return createHash("sha1").update(path, "latin1").digest();
}
