import type { Sha256 } from "@pibuild/core";
import { blockBytes, frameLimit } from "./limits.ts";
import type { Manifest } from "./manifest.ts";

interface Line {
  /** First block of the image that this line makes, and how many: blocks of 4096 bytes. */
  readonly block: number;
  readonly count: number;
  /** Of the raw bytes. */
  readonly sha256: Sha256;
}

/** A frame of the data member: bytes, or zeros. */
export interface FrameLine extends Line {
  readonly op: "d" | "z";
  readonly offset: number;
  readonly length: number;
}

/** Blocks of the base's image. */
export interface CopyLine extends Line {
  readonly op: "c";
  readonly source: number;
}

export type IndexLine = FrameLine | CopyLine;

/** What an index is checked against: fields of the manifest. */
export interface IndexFrame {
  readonly chunkSize: number;
  readonly size: number;
  readonly data: number;
  /** In a delta, bytes of the base's image. */
  readonly base?: number;
  /** Blocks of the base that differ between devices. */
  readonly forbidden?: readonly number[];
}

export function formatIndexLine(line: IndexLine): string {
  const rest = line.op === "c" ? `${line.source} -` : `${line.offset} ${line.length}`;
  return `${line.op} ${line.block} ${line.count} ${line.sha256} ${rest}\n`;
}

const number = "(0|[1-9][0-9]{0,15})";
const pattern = new RegExp(
  `^(?:([dz])|c) ${number} ${number} ([0-9a-f]{64}) ${number} (?:${number}|-)$`,
);

/** The lines of an index, or what is wrong with it. */
export function parseIndex(text: string, frame: IndexFrame): IndexLine[] | { problem: string } {
  if (!text.endsWith("\n")) return { problem: "its last line has no end" };
  const lines: IndexLine[] = [];
  let block = 0;
  let data = 0;
  for (const source of text.slice(0, -1).split("\n")) {
    const line = parseLine(source);
    const problem = line === undefined ? "is none" : misfit(line, block, data, frame);
    if (line === undefined || problem !== undefined) {
      return { problem: `line ${lines.length + 1} ${problem}` };
    }
    lines.push(line);
    block += line.count;
    if (line.op !== "c") data += line.length;
  }
  if (block * blockBytes !== frame.size) return { problem: "it does not make the whole image" };
  if (data !== frame.data) return { problem: "it does not use all of the data" };
  return lines;
}

function parseLine(text: string): IndexLine | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, op, block, count, sha256, first, second] = match;
  const line = { block: Number(block), count: Number(count), sha256: sha256 as Sha256 };
  if (op === undefined) {
    return second === undefined ? { ...line, op: "c", source: Number(first) } : undefined;
  }
  if (second === undefined) return undefined;
  return { ...line, op: op as "d" | "z", offset: Number(first), length: Number(second) };
}

/** Why a line cannot be the next one, if so. */
function misfit(line: IndexLine, block: number, data: number, frame: IndexFrame) {
  const perChunk = frame.chunkSize / blockBytes;
  const last = line.block + line.count - 1;
  if (line.block !== block) return "does not follow the one before";
  if (line.count < 1) return "makes nothing";
  if (Math.floor(block / perChunk) !== Math.floor(last / perChunk)) return "crosses a chunk";
  if ((last + 1) * blockBytes > frame.size) return "is behind the image's end";
  if (line.op === "c") return copyMisfit(line, frame);
  if (frame.base === undefined && !isWholeChunk(line, perChunk, frame)) return "is not one chunk";
  if (line.offset !== data) return "does not take the next frame";
  if (line.length < 1 || line.length > frameLimit(line.count * blockBytes)) {
    return "has a frame of an impossible length";
  }
  return undefined;
}

function copyMisfit({ source, count }: CopyLine, { base, forbidden = [] }: IndexFrame) {
  if (base === undefined) return "copies, and there is no base";
  if ((source + count) * blockBytes > base) return "copies from behind the base's end";
  return forbidden.some((block) => block >= source && block < source + count)
    ? "copies what differs between devices"
    : undefined;
}

function isWholeChunk({ block, count }: IndexLine, perChunk: number, { size }: IndexFrame) {
  return block % perChunk === 0 && count === Math.min(perChunk, size / blockBytes - block);
}

/** Blocks of a boot image that are not the same on every device: what mounting it marks, and its slot. */
export function unlikeBlocks({ cmdlineOffset }: NonNullable<Manifest["base"]>): number[] {
  return [0, Math.floor(cmdlineOffset / blockBytes)];
}
