import type { FatVolume } from "@pibuild/pi-boot";
import { MiB } from "../layout/units.ts";
import type { DiskReader } from "../read/disk-reader.ts";
import type { ByteRange } from "./byte-range.ts";

const chunkBytes = MiB;

/**
 * What counts in a FAT: all before its clusters, and each cluster that its table does not call
 * free. A FAT12 counts as a whole.
 */
export async function usedFat(
  disk: DiskReader,
  volume: FatVolume,
  start: number,
): Promise<ByteRange[]> {
  const { clusterBytes, clusters, dataStart, tableStart } = volume;
  const end = dataStart + clusters * clusterBytes;
  if (volume.type === "fat12") return [{ start, end }];
  const width = volume.type === "fat32" ? 4 : 2;
  const ranges = [{ start, end: dataStart }];
  const tableBytes = (clusters + 2) * width;
  for (let at = 0; at < tableBytes; at += chunkBytes) {
    const chunk = await disk.read(tableStart + at, Math.min(chunkBytes, tableBytes - at));
    for (let offset = at === 0 ? 2 * width : 0; offset + width <= chunk.length; offset += width) {
      const entry = chunk.readUIntLE(offset, width);
      if ((width === 4 ? entry & 0x0fffffff : entry) === 0) continue;
      addCluster(ranges, dataStart + ((at + offset) / width - 2) * clusterBytes, clusterBytes);
    }
  }
  return ranges;
}

/** Files lie in one piece as a rule: thousands of clusters are a few ranges. */
function addCluster(ranges: { start: number; end: number }[], start: number, bytes: number): void {
  const last = ranges.at(-1);
  if (last?.end === start) last.end += bytes;
  else ranges.push({ start, end: start + bytes });
}
