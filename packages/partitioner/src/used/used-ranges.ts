import { readFatVolume } from "@pibuild/pi-boot";
import { MiB } from "../layout/units.ts";
import type { DiskReader } from "../read/disk-reader.ts";
import { isZero } from "../read/is-zero.ts";
import { readExtVolume } from "../read/read-ext.ts";
import { isContainer } from "../read/read-mbr.ts";
import { readTable } from "../read/read-table.ts";
import { partitionsOf } from "../read/seen.ts";
import { type ByteRange, mergeRanges, usedBlockBytes } from "./byte-range.ts";
import { usedExt } from "./used-ext.ts";
import { usedFat } from "./used-fat.ts";

const chunkBytes = 4 * MiB;
/** What is written where a partition has nothing: enough that no old filesystem is found there. */
const blankBytes = MiB;

/**
 * The bytes of a disk that a copy must have: tables, what filesystems use, and whatever else is not
 * zero. The rest may be anything. It comes from what the disk says and never from the holes of the
 * file that it is in: a hole may be an inode table that has to be zero.
 */
export async function usedRanges(disk: DiskReader): Promise<ByteRange[]> {
  const table = await readTable(disk);
  const partitions = partitionsOf(table)
    .filter((partition) => !isContainer(partition) && partition.sizeBytes > 0)
    .toSorted((a, b) => a.startBytes - b.startBytes);
  if (partitions.length === 0)
    return mergeRanges([{ start: 0, end: disk.sizeBytes }], disk.sizeBytes);
  const ranges: ByteRange[] = [{ start: 0, end: usedBlockBytes }];
  let end = 0;
  for (const { startBytes, sizeBytes } of partitions) {
    ranges.push(...(await notZero(disk, { start: end, end: startBytes })));
    ranges.push(...(await usedPartition(disk, startBytes, sizeBytes)));
    end = Math.max(end, startBytes + sizeBytes);
  }
  ranges.push(...(await notZero(disk, { start: end, end: disk.sizeBytes })));
  return mergeRanges(ranges, disk.sizeBytes);
}

async function usedPartition(
  disk: DiskReader,
  start: number,
  sizeBytes: number,
): Promise<ByteRange[]> {
  const all = { start, end: start + sizeBytes };
  const ext = await readExtVolume(disk, start, sizeBytes);
  if (ext !== undefined) return (await usedExt(disk, ext, start)) ?? [all];
  const fat = await readFatVolume(disk, start, sizeBytes);
  if (fat !== undefined) return usedFat(disk, fat, start);
  if ((await notZero(disk, all)).length > 0) return [all];
  return [{ start, end: Math.min(all.end, start + blankBytes) }];
}

/** The blocks of a range that hold anything. */
async function notZero(disk: DiskReader, { start, end }: ByteRange): Promise<ByteRange[]> {
  const ranges: ByteRange[] = [];
  const limit = Math.min(end, disk.sizeBytes);
  for (let at = start; at < limit; at += chunkBytes) {
    const chunk = await disk.read(at, Math.min(chunkBytes, limit - at));
    if (isZero(chunk)) continue;
    for (let block = 0; block < chunk.length; block += usedBlockBytes) {
      const bytes = chunk.subarray(block, block + usedBlockBytes);
      if (!isZero(bytes)) ranges.push({ start: at + block, end: at + block + bytes.length });
    }
  }
  return ranges;
}
