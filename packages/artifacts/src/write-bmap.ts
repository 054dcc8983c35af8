import { createHash, type Hash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { placeFile, sha256 } from "@pibuild/core";
import type { Artifact } from "./artifact.ts";

/** Bytes from `start` up to, and without, `end`. */
export interface MappedRange {
  readonly start: number;
  readonly end: number;
}

export interface BmapOptions {
  /** The raw disk image; it is read and not changed. */
  readonly image: string;
  /**
   * What a copy must have, sorted and apart; each begins at a block of 4096 bytes and ends at one,
   * or with the image. Whatever is not mapped may hold anything on a written card.
   */
  readonly ranges: readonly MappedRange[];
  /** The `.bmap` to write. */
  readonly output: string;
  /** Seconds since 1970 that the file's time is set to. */
  readonly sourceDateEpoch: number;
}

const blockBytes = 4096;
const chunkBytes = 1024 * 1024;
const noSum = "0".repeat(64);

/**
 * Writes a block map of version 2.0, with which `bmaptool copy` writes only what an image uses and
 * checks it meanwhile. The bytes depend on the image and the ranges alone.
 */
export async function writeBmap(options: BmapOptions): Promise<Artifact> {
  const { image, ranges, output, sourceDateEpoch } = options;
  const { size } = await stat(image);
  const lines: string[] = [];
  await using file = await open(image);
  for (const { start, end } of ranges) {
    const hash = createHash("sha256");
    await hashRange(file, hash, start, end);
    lines.push(`        <Range chksum="${hash.digest("hex")}"> ${blocksOf(start, end)} </Range>`);
  }
  const mapped = ranges.reduce((sum, { start, end }) => sum + blocksBetween(start, end), 0);
  const text = documentOf(size, mapped, lines);
  // Its own sum is made with zeros in its place: the format's words, in every bmap's head.
  const bytes = text.replace(noSum, sha256(text));
  await placeFile(output, bytes, { seconds: sourceDateEpoch, sync: true });
  return { path: output, bytes: Buffer.byteLength(bytes), sha256: sha256(bytes) };
}

async function hashRange(
  file: Awaited<ReturnType<typeof open>>,
  hash: Hash,
  start: number,
  end: number,
): Promise<void> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let at = start; at < end; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunkBytes, end - at), at);
    if (bytesRead === 0) throw new Error(`the image ended at ${at}, before ${end}`);
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** As the format counts: the first and the last block, or one number where they are the same. */
function blocksOf(start: number, end: number): string {
  const first = start / blockBytes;
  const last = first + blocksBetween(start, end) - 1;
  return first === last ? String(first) : `${first}-${last}`;
}

function blocksBetween(start: number, end: number): number {
  return Math.ceil((end - start) / blockBytes);
}

function documentOf(imageBytes: number, mapped: number, ranges: readonly string[]): string {
  return `<?xml version="1.0" ?>
<!-- Which blocks of a disk image are to be written; see bmaptool(1). -->
<bmap version="2.0">
    <ImageSize> ${imageBytes} </ImageSize>
    <BlockSize> ${blockBytes} </BlockSize>
    <BlocksCount> ${blocksBetween(0, imageBytes)} </BlocksCount>
    <MappedBlocksCount> ${mapped} </MappedBlocksCount>
    <ChecksumType> sha256 </ChecksumType>
    <BmapFileChecksum> ${noSum} </BmapFileChecksum>
    <BlockMap>
${ranges.join("\n")}
    </BlockMap>
</bmap>
`;
}
