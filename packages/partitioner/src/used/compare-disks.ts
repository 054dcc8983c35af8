import { MiB } from "../layout/units.ts";
import type { DiskReader } from "../read/disk-reader.ts";
import { inspectDisk, sharedPartition } from "../read/inspect-disk.ts";
import { type ByteRange, withoutRange } from "./byte-range.ts";
import { usedRanges } from "./used-ranges.ts";

/** Where a disk is not what its image is. */
export interface DiskDifference {
  /** The partition's number; undefined where it lies in none, as tables do. */
  readonly partition?: number;
  readonly name?: string;
  /** The first byte that differs, from the start of the disk. */
  readonly firstByte: number;
  /** Blocks of 4096 bytes that differ. */
  readonly blocks: number;
}

export interface DiskComparison {
  readonly comparedBytes: number;
  /** The partition that no flasher writes, which was left out. */
  readonly leftOut?: number;
  readonly differences: readonly DiskDifference[];
}

const chunkBytes = 4 * MiB;
const blockBytes = 4096;

/**
 * Compares a disk with the image that was written to it: all that the image uses, but for what
 * slots share. Where the disk is smaller than the image, the missing bytes differ.
 */
export async function compareDisks(image: DiskReader, disk: DiskReader): Promise<DiskComparison> {
  const inspection = await inspectDisk(image);
  const shared = sharedPartition(inspection);
  const used = await usedRanges(image);
  const ranges = shared === undefined ? used : withoutRange(used, rangeOf(shared));
  const found = new Map<number | undefined, { firstByte: number; blocks: number }>();
  let comparedBytes = 0;
  for (const piece of pieces(ranges)) {
    const length = piece.end - piece.start;
    const [wanted, have] = await Promise.all([
      image.read(piece.start, length),
      disk.read(piece.start, length),
    ]);
    comparedBytes += length;
    if (wanted.equals(have)) continue;
    for (let at = 0; at < wanted.length; at += blockBytes) {
      const block = wanted.subarray(at, at + blockBytes);
      const other = have.subarray(at, at + blockBytes);
      if (block.equals(other)) continue;
      const firstByte = piece.start + at + firstDifference(block, other);
      const number = inspection.partitions.find((one) => contains(rangeOf(one), firstByte))?.number;
      const known = found.get(number);
      found.set(number, {
        firstByte: known?.firstByte ?? firstByte,
        blocks: (known?.blocks ?? 0) + 1,
      });
    }
  }
  const differences = [...found].map(([partition, difference]) => {
    const name = inspection.partitions.find(({ number }) => number === partition)?.name;
    return {
      ...(partition === undefined ? {} : { partition }),
      ...(name === undefined ? {} : { name }),
      ...difference,
    };
  });
  return {
    comparedBytes,
    ...(shared === undefined ? {} : { leftOut: shared.number }),
    differences,
  };
}

function* pieces(ranges: readonly ByteRange[]): Generator<ByteRange> {
  for (const { start, end } of ranges) {
    for (let at = start; at < end; at += chunkBytes) {
      yield { start: at, end: Math.min(end, at + chunkBytes) };
    }
  }
}

function rangeOf({ startBytes, sizeBytes }: { startBytes: number; sizeBytes: number }): ByteRange {
  return { start: startBytes, end: startBytes + sizeBytes };
}

function contains({ start, end }: ByteRange, byte: number): boolean {
  return start <= byte && byte < end;
}

function firstDifference(a: Buffer, b: Buffer): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at === -1 ? 0 : at;
}
