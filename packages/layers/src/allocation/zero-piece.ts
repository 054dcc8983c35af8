import { closeSync, openSync, readSync } from "node:fs";

/** Bytes of a layer's block, see `packOptions`: only a whole one is left out where it is zero. */
const pieceBytes = 256 * 1024;
/** Bytes of a block of a disk: less than one cannot be a hole. */
const blockBytes = 4096;

const buffer = Buffer.allocUnsafeSlow(pieceBytes);
const zeros = Buffer.alloc(pieceBytes);

/**
 * Whether a file has a part that a layer leaves out as zero. Few bytes are read of any other: programs have
 * zeros between their sections, and the first ones of a piece seldom are.
 */
export function hasZeroPiece(path: Buffer, size: number): boolean {
  const file = openSync(path, "r");
  try {
    for (let start = 0; size - start >= blockBytes; start += pieceBytes) {
      const length = Math.min(pieceBytes, size - start);
      if (isZero(file, start, blockBytes) && isZero(file, start, length)) return true;
    }
    return false;
  } finally {
    closeSync(file);
  }
}

function isZero(file: number, start: number, length: number): boolean {
  const bytes = readSync(file, buffer, 0, length, start);
  return bytes === length && buffer.compare(zeros, 0, length, 0, length) === 0;
}
