/** Bytes from `start` up to, and without, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What is copied and compared as one; also the block of a bmap, and of every ext4 of ours. */
export const usedBlockBytes = 4096;
/** A gap below this is cheaper to copy than to jump over. */
const mergeBytes = 64 * 1024;

/** The same bytes, and at most as many more as make whole blocks: sorted, merged, inside the disk. */
export function mergeRanges(ranges: readonly ByteRange[], diskBytes: number): ByteRange[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const from = Math.max(0, Math.floor(start / usedBlockBytes) * usedBlockBytes);
    const to = Math.min(diskBytes, Math.ceil(end / usedBlockBytes) * usedBlockBytes);
    const last = merged.at(-1);
    if (from >= to) continue;
    if (last !== undefined && from <= last.end + mergeBytes) last.end = Math.max(last.end, to);
    else merged.push({ start: from, end: to });
  }
  return merged;
}

/** What is left of ranges without the bytes of another one. */
export function withoutRange(ranges: readonly ByteRange[], { start, end }: ByteRange): ByteRange[] {
  return ranges
    .flatMap((range) => [
      { start: range.start, end: Math.min(range.end, start) },
      { start: Math.max(range.start, end), end: range.end },
    ])
    .filter((range) => range.start < range.end);
}
