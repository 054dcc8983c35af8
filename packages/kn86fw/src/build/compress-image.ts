import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import type { Sha256 } from "@pibuild/core";
import { chunkDigest, sha256Of } from "../format/chunk-digest.ts";
import { formatIndexLine } from "../format/index-lines.ts";
import { blockBytes } from "../format/limits.ts";
import { type Variant, variantSha256 } from "../format/variant.ts";
import { chunksAtOnce, inOrder } from "../read/in-order.ts";
import type { Source } from "../read/source.ts";
import { writeAll } from "../write-all.ts";
import type { BaseBlocks } from "./base-blocks.ts";
import { type Piece, splitChunk } from "./split-chunk.ts";

const compress = promisify(zstdCompress);

/**
 * Zstd's level where nobody asks for another. Of a whole chunk its tables are half as large as
 * zstd's own, so that they stay in one processor's cache beside the data: a tenth faster, and of a
 * system a hundredth more bytes.
 */
export const usualLevel = 3;

export interface CompressOptions {
  readonly chunkSize: number;
  /** Of zstd, 1 to 19. */
  readonly level: number;
  /** Where the frames go, and from which byte on. */
  readonly output: FileHandle;
  readonly offset: number;
  readonly base?: BaseBlocks;
  /** For a second digest. */
  readonly variant?: Variant;
}

/** An image as a payload carries it. */
export interface CompressedImage {
  readonly index: Buffer;
  /** Bytes of the frames. */
  readonly data: number;
  readonly digest: Sha256;
  readonly variantDigest: Sha256;
}

interface PackedChunk {
  readonly sha256: Sha256;
  readonly variantSha256: Sha256;
  readonly pieces: readonly PackedPiece[];
}

interface PackedPiece extends Piece {
  readonly sha256: Sha256;
  readonly frame?: Buffer;
}

/** Reads an image once, in order, and writes its frames. Memory is bounded by a few chunks. */
export async function compressImage(
  image: Source,
  options: CompressOptions,
): Promise<CompressedImage> {
  const { chunkSize, output, offset } = options;
  const starts = Array.from({ length: Math.ceil(image.size / chunkSize) }, (_, i) => i * chunkSize);
  const pack = packer(image, options);
  const [digest, variant] = [chunkDigest(), chunkDigest()];
  const lines: string[] = [];
  let data = 0;
  for await (const chunk of inOrder(starts, chunksAtOnce, pack)) {
    digest.add(chunk.sha256);
    variant.add(chunk.variantSha256);
    for (const { op, block, count, source = 0, sha256, frame } of chunk.pieces) {
      const line = { block, count, sha256 };
      if (frame === undefined) {
        lines.push(formatIndexLine({ ...line, op: "c", source }));
        continue;
      }
      const made = { ...line, op: op === "z" ? op : ("d" as const) };
      lines.push(formatIndexLine({ ...made, offset: data, length: frame.length }));
      await writeAll(output, frame, offset + data);
      data += frame.length;
      if (op === "d") release(frame);
    }
  }
  return {
    index: Buffer.from(lines.join("")),
    data,
    digest: digest.digest(),
    variantDigest: variant.digest(),
  };
}

/** Reads, hashes and compresses one chunk. */
function packer(image: Source, { chunkSize, level, base, variant }: CompressOptions) {
  const zeros = new Map<number, { sha256: Sha256; frame: Buffer }>();
  const frameOf = (bytes: Buffer) =>
    compress(bytes, {
      // More would lie around unused until it is collected; most frames fit into one piece of it.
      chunkSize: Math.ceil(bytes.length / 2),
      // So the frame says how long its content is, and takes no more memory than that.
      pledgedSrcSize: bytes.length,
      params: zstdParameters(level),
    });
  const zeroFrame = async (bytes: Buffer) => {
    const known = zeros.get(bytes.length);
    if (known !== undefined) return known;
    const made = { sha256: sha256Of(bytes), frame: await frameOf(bytes) };
    zeros.set(bytes.length, made);
    return made;
  };
  // New memory for each chunk would cost more than hashing it.
  const idle: Buffer[] = [];
  return async (start: number): Promise<PackedChunk> => {
    const buffer = idle.pop() ?? Buffer.allocUnsafeSlow(chunkSize);
    const bytes = await image.read(start, Math.min(chunkSize, image.size - start), buffer);
    const split = splitChunk(bytes, start / blockBytes, base);
    const whole = split.length === 1;
    const pieces = split.map(async (piece): Promise<PackedPiece> => {
      const from = piece.block * blockBytes - start;
      const raw = bytes.subarray(from, from + piece.count * blockBytes);
      if (piece.op === "z") return { ...piece, ...(await zeroFrame(raw)) };
      const compressed = piece.op === "d" ? frameOf(raw) : undefined;
      const sha256 = sha256Of(raw);
      const frame = await compressed;
      return { ...piece, sha256, ...(frame === undefined ? {} : { frame }) };
    });
    const packed = await Promise.all(pieces);
    const sha256 = whole ? (packed[0] as PackedPiece).sha256 : sha256Of(bytes);
    const variantSum = variantSha256(bytes, start, variant) ?? sha256;
    idle.push(buffer);
    return { sha256, variantSha256: variantSum, pieces: packed };
  };
}

/** What zstd knows as a level, but for the usual one's tables: see `usualLevel`. */
function zstdParameters(level: number): Record<number, number> {
  const byLevel = { [constants.ZSTD_c_compressionLevel]: level };
  if (level !== usualLevel) return byLevel;
  return { ...byLevel, [constants.ZSTD_c_hashLog]: 16, [constants.ZSTD_c_chainLog]: 15 };
}

/** Gives memory back at once. Collected as garbage it would lie around for many frames. */
function release(frame: Buffer): void {
  // Small ones may share their memory with others.
  if (frame.buffer.byteLength > 2 * Buffer.poolSize) (frame.buffer as ArrayBuffer).transfer(0);
}
