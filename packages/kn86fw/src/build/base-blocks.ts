import { hash } from "node:crypto";
import { blockBytes } from "../format/limits.ts";
import type { Source } from "../read/source.ts";

/** The blocks of a base's image, to be found by their content. */
export interface BaseBlocks {
  /** A block of the base with this content: `preferred` where that one has it. */
  find(block: Buffer, preferred: number): number | undefined;
  /** Whether that block of the base has this content. */
  matches(block: Buffer, number: number): boolean;
}

/** 32-bit words of a block's sha256 that are kept: 96 bits tell all blocks of a disk apart. */
const words = 3;
const blocksPerRead = 256;

/**
 * Reads the base once. Memory is 20 to 28 bytes for each block of 4 KiB.
 * @param unlike blocks that are never found.
 */
export async function readBaseBlocks(
  base: Source,
  unlike: readonly number[] = [],
): Promise<BaseBlocks> {
  const count = base.size / blockBytes;
  const sums = new Uint32Array(count * words);
  const table = openTable(count, sums);
  const left = new Set(unlike);
  for (let first = 0; first < count; first += blocksPerRead) {
    const here = Math.min(blocksPerRead, count - first);
    const bytes = await base.read(first * blockBytes, here * blockBytes);
    for (let i = 0; i < here; i++) {
      const sum = sumOf(bytes.subarray(i * blockBytes, (i + 1) * blockBytes));
      sums.set(sum, (first + i) * words);
      if (!left.has(first + i)) table.add(first + i);
    }
  }
  const same = (sum: Uint32Array, number: number) =>
    number < count &&
    !left.has(number) &&
    sum.every((word, i) => word === sums[number * words + i]);
  return {
    find(block, preferred) {
      const sum = sumOf(block);
      return same(sum, preferred) ? preferred : table.find(sum);
    },
    matches: (block, number) => same(sumOf(block), number),
  };
}

function sumOf(block: Buffer): Uint32Array {
  const digest = hash("sha256", block, "buffer");
  return Uint32Array.from({ length: words }, (_, i) => digest.readUInt32LE(i * 4));
}

/** Open addressing in one array, because a Map of a million texts would not fit the promised memory. */
function openTable(count: number, sums: Uint32Array) {
  const slots = 2 ** Math.ceil(Math.log2(count * 1.5 + 1));
  // Block number + 1; 0 is an empty place.
  const places = new Uint32Array(slots);
  /** The place of a block with this sum, or the empty one where it would be. */
  const placeOf = (sum: ArrayLike<number>, at = 0) => {
    for (let place = (sum[at] as number) % slots; ; place = (place + 1) % slots) {
      const number = (places[place] as number) - 1;
      if (number < 0) return place;
      let same = true;
      for (let i = 0; i < words; i++) same &&= sums[number * words + i] === sum[at + i];
      if (same) return place;
    }
  };
  return {
    add(number: number): void {
      const place = placeOf(sums, number * words);
      if (places[place] === 0) places[place] = number + 1;
    },
    find(sum: Uint32Array): number | undefined {
      const number = places[placeOf(sum)] as number;
      return number === 0 ? undefined : number - 1;
    },
  };
}
