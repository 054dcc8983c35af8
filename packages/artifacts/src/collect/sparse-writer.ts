import type { FileHandle } from "node:fs/promises";
import { Writable } from "node:stream";
import { crc32 } from "node:zlib";
import { PibuildError } from "@pibuild/core";

const blockBytes = 64 * 1024;
const zeros = Buffer.alloc(blockBytes);

/**
 * Writes a stream to an open, empty file, and leaves holes where it has zeros. Ends with an error
 * after so many bytes: a small file can unpack to any size. Set the file's length to `bytes` after it.
 */
export class SparseWriter extends Writable {
  bytes = 0;
  /** CRC-32 of what was written. */
  crc32 = 0;
  readonly #file: FileHandle;
  readonly #limit: number;

  constructor(file: FileHandle, limit: number) {
    super();
    this.#file = file;
    this.#limit = limit;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#put(chunk).then(() => done(), done);
  }

  async #put(chunk: Buffer): Promise<void> {
    if (this.bytes + chunk.length > this.#limit) {
      throw new PibuildError("VERIFY_FAILED", {
        what: "the disk image is too large",
        detail: `it is longer than ${this.#limit} bytes`,
      });
    }
    this.crc32 = crc32(chunk, this.crc32);
    for (let at = 0; at < chunk.length; at += blockBytes) {
      const block = chunk.subarray(at, at + blockBytes);
      if (!block.equals(zeros.subarray(0, block.length))) {
        await this.#file.write(block, 0, block.length, this.bytes + at);
      }
    }
    this.bytes += chunk.length;
  }
}
