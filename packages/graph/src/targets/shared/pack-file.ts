import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import type { Packing } from "./result-record.ts";

/** Of zstd: more costs twice the time, and takes off a twentieth. */
const level = 3;

const chunkSize = 1024 * 1024;

/** Holes of this many bytes stay holes: a block of the filesystem. */
const holeBytes = 64 * 1024;
const zeros = Buffer.alloc(holeBytes);

/** Packs a file with zstd; what is nothing but zeros costs next to nothing. */
export async function packFile(from: string, to: string): Promise<void> {
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  await pipeline(
    createReadStream(from, { highWaterMark: chunkSize }),
    createZstdCompress({ params, chunkSize }),
    createWriteStream(to, { mode: 0o600 }),
  );
}

/**
 * Writes what a sent file holds, with holes where it has nothing but zeros, and gives its sha256. No more
 * than `bytes` is written: what unpacks to more is not what was promised. Throws for what cannot be unpacked.
 */
export async function unpackFile(
  from: string,
  to: FileHandle,
  { packing, bytes }: { readonly packing: Packing; readonly bytes: number },
): Promise<string> {
  const hash = createHash("sha256");
  const source = createReadStream(from, { highWaterMark: chunkSize });
  let at = 0;
  const write = async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      hash.update(piece);
      if (at + piece.length > bytes) throw new Error(`it holds more than ${bytes} bytes`);
      for (let start = 0; start < piece.length; start += holeBytes) {
        const part = piece.subarray(start, start + holeBytes);
        if (!part.equals(zeros.subarray(0, part.length)))
          await to.write(part, 0, part.length, at + start);
      }
      at += piece.length;
    }
  };
  if (packing === "zstd") await pipeline(source, createZstdDecompress({ chunkSize }), write);
  else await pipeline(source, write);
  await to.truncate(at);
  return hash.digest("hex");
}
