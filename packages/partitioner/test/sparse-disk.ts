import type { DiskReader } from "../src/read/disk-reader.ts";
import type { TablePiece } from "../src/table/gpt.ts";

/** A disk of any size that is zero but for some pieces, and counts what is asked of it. */
export function sparseDisk(sizeBytes: number, pieces: readonly TablePiece[]) {
  const asked = { calls: 0, bytes: 0 };
  const disk: DiskReader = {
    sizeBytes,
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0)) throw new RangeError(`${offset}, ${length}`);
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, sizeBytes - offset)));
      asked.calls += 1;
      asked.bytes += bytes.length;
      for (const { sector, bytes: piece } of pieces) {
        const at = sector * 512 - offset;
        if (at >= bytes.length || at + piece.length <= 0) continue;
        piece.copy(bytes, Math.max(0, at), Math.max(0, -at));
      }
      return bytes;
    },
  };
  return { ...disk, asked };
}
