import type { FileHandle } from "node:fs/promises";

/** Writes all of the bytes, at a place or behind what was written last: one write may take fewer. */
export async function writeAll(file: FileHandle, bytes: Buffer, place?: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const at = place === undefined ? null : place + written;
    written += (await file.write(bytes, written, bytes.length - written, at)).bytesWritten;
  }
}
