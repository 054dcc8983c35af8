import type { FileHandle } from "node:fs/promises";
import type { Sha256 } from "@pibuild/core";
import { chunkDigest, sha256Of } from "../format/chunk.ts";
import { formatIndexLine } from "../format/index-lines.ts";
import { blockBytes } from "../format/limits.ts";
import { type Variant, variantSha256 } from "../format/variant.ts";
import { chunksAtOnce, inOrder } from "../read/in-order.ts";
import type { Source } from "../read/source.ts";
import { writeAll } from "../write-all.ts";
import type { BaseBlocks } from "./base-blocks.ts";
import { compressFrame, type Frame, releaseFrame } from "./compress-frame.ts";
import { type Piece, splitChunk } from "./split-chunk.ts";

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
export interface CompressedSlot {
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
  readonly frame?: Frame;
}

/** Reads an image once, in order, and writes its frames. Memory is bounded by a few chunks. */
export async function compressSlot(
  image: Source,
  options: CompressOptions,
): Promise<CompressedSlot> {
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
      for (const part of frame.parts) {
        await writeAll(output, part, offset + data);
        data += part.length;
      }
      if (op === "d") releaseFrame(frame);
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
  const zeros = new Map<number, { sha256: Sha256; frame: Frame }>();
  const zeroFrame = async (bytes: Buffer) => {
    const known = zeros.get(bytes.length);
    if (known !== undefined) return known;
    const made = { sha256: sha256Of(bytes), frame: await compressFrame(bytes, level) };
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
      const compressed = piece.op === "d" ? compressFrame(raw, level) : undefined;
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
