import { isZero } from "../format/chunk.ts";
import { blockBytes } from "../format/limits.ts";
import type { BaseBlocks } from "./base-blocks.ts";

/** Some blocks of an image, and where their bytes come from. */
export interface Piece {
  readonly op: "d" | "z" | "c";
  readonly block: number;
  readonly count: number;
  /** Of a copy: the block in the base. */
  readonly source?: number;
}

/** Shorter runs cost a device more time than the frame that they would spare; a small chunk is whole. */
const shortestRun = 8;

/** How to make a chunk: in full, as zeros, or from pieces of the base. `block` is its first. */
export function splitChunk(bytes: Buffer, block: number, base?: BaseBlocks): Piece[] {
  const count = bytes.length / blockBytes;
  if (isZero(bytes)) return [{ op: "z", block, count }];
  if (base === undefined) return [{ op: "d", block, count }];
  const pieces: Piece[] = [];
  let from = 0;
  const put = (op: Piece["op"], at: number, length: number, source?: number) => {
    if (length > 0) {
      pieces.push({
        op,
        block: block + at,
        count: length,
        ...(source === undefined ? {} : { source }),
      });
    }
  };
  for (const run of runs(bytes, block, base)) {
    put("d", from, run.at - from);
    put("c", run.at, run.length, run.source);
    from = run.at + run.length;
  }
  put("d", from, count - from);
  return pieces;
}

/** Runs of blocks in a chunk that the base has as well, long enough to be worth a line. */
function* runs(bytes: Buffer, block: number, base: BaseBlocks) {
  const count = bytes.length / blockBytes;
  const blockAt = (at: number) => bytes.subarray(at * blockBytes, (at + 1) * blockBytes);
  for (let at = 0; at < count; ) {
    // What did not move is most of it, and makes the longest runs.
    const source = base.find(blockAt(at), block + at);
    let length = source === undefined ? 0 : 1;
    while (
      source !== undefined &&
      at + length < count &&
      base.matches(blockAt(at + length), source + length)
    ) {
      length++;
    }
    if (source !== undefined && length >= Math.min(shortestRun, count))
      yield { at, length, source };
    at += Math.max(length, 1);
  }
}
