import { open } from "node:fs/promises";
import type { Sha256 } from "@pibuild/core";

/** A package of an index: where its file is, and what the file is. */
export interface IndexEntry {
  /** From the archive's address on. */
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
}

const bufferBytes = 1024 * 1024;
const longestParagraph = 64 * bufferBytes;
const sumsLabel = Buffer.from("\nChecksums-Sha256:\n");
const directoryLabel = Buffer.from("\nDirectory: ");
const [gap, pathLabel, sumLabel, sizeLabel] = [
  "\n\n",
  "\nFilename: ",
  "\nSHA256: ",
  "\nSize: ",
].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer, Buffer];

/** Gives the packages of a `Packages` file in its order, some at a time. */
export async function* readIndex(file: string): AsyncGenerator<readonly IndexEntry[]> {
  for await (const piece of readPieces(file)) yield entriesIn(piece);
}

/**
 * Gives a file such as `Packages` in pieces of whole paragraphs, each with the end of a line before it. They
 * are bytes, in one buffer: 50 MB of text as strings would be the most that a proxy ever holds.
 */
export async function* readPieces(file: string): AsyncGenerator<Buffer> {
  await using handle = await open(file);
  // What is left of the piece before stands at its beginning, after the line that a label begins with.
  let buffer = Buffer.alloc(bufferBytes, "\n");
  let filled = 1;
  for (;;) {
    if (filled === buffer.length) buffer = longer(buffer);
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled);
    filled += bytesRead;
    // Below zero it would count from the end.
    const last = Math.max(0, filled - 1 - gap.length);
    const end = bytesRead === 0 ? filled : buffer.lastIndexOf(gap, last);
    if (end > 0) {
      yield buffer.subarray(0, end);
      buffer.copyWithin(0, end, filled);
      filled -= end;
    }
    if (bytesRead === 0) return;
  }
}

/** Throws where a paragraph is longer than any of a real index: it is none. */
function longer(buffer: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  if (buffer.length >= longestParagraph) throw new Error("an index of packages without paragraphs");
  return Buffer.concat([buffer], buffer.length * 2);
}

function entriesIn(bytes: Buffer): IndexEntry[] {
  const found: IndexEntry[] = [];
  for (let start = 0; start < bytes.length; ) {
    const next = bytes.indexOf(gap, start + 1);
    const paragraph = bytes.subarray(start, next === -1 ? bytes.length : next);
    const [path, sha256, size] = [pathLabel, sumLabel, sizeLabel].map((label) =>
      lineOf(paragraph, label),
    );
    found.push(...sourceFiles(paragraph));
    if (path && size && sha256?.length === 64)
      found.push({ path: withoutDot(path), sha256: sha256 as Sha256, size: Number(size) });
    if (next === -1) break;
    // The second of the two begins the next one.
    start = next + 1;
  }
  return found;
}

/** The files of a source package, which stand in lines of their own. */
function sourceFiles(paragraph: Buffer): IndexEntry[] {
  const at = paragraph.indexOf(sumsLabel);
  const directory = at === -1 ? undefined : lineOf(paragraph, directoryLabel);
  if (directory === undefined) return [];
  const text = paragraph.toString("latin1", at + sumsLabel.length);
  const rows = /^(?: [0-9a-f]{64} \d+ \S+\n?)*/.exec(text)?.[0] ?? "";
  return [...rows.matchAll(/ (\S+) (\d+) (\S+)/g)].map(([, sha256 = "", size, name]) => ({
    ...{ path: `${withoutDot(directory)}/${name}`, sha256: sha256 as Sha256 },
    size: Number(size),
  }));
}

/** What stands behind a label such as "\nSize: ", up to the end of its line. */
export function lineOf(paragraph: Buffer, label: Buffer): string | undefined {
  const at = paragraph.indexOf(label);
  if (at === -1) return undefined;
  const end = paragraph.indexOf(10, at + label.length);
  return paragraph
    .toString("latin1", at + label.length, end === -1 ? paragraph.length : end)
    .trim();
}

function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/)+/, "");
}

/** Gives the paragraphs of a file such as `Packages` or dpkg's `status`; holds one piece of it at a time. */
export async function* readParagraphs(file: string): AsyncGenerator<string> {
  await using handle = await open(file);
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let kept = "";
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, bufferBytes);
    const text = kept + buffer.toString("latin1", 0, bytesRead);
    // Whole paragraphs; the last may have no empty line behind it.
    const end = bytesRead === 0 ? text.length : text.lastIndexOf("\n\n") + 1;
    kept = text.slice(end);
    for (const paragraph of text.slice(0, end).split("\n\n")) yield paragraph;
    if (bytesRead === 0) return;
  }
}

/** Where the package of a paragraph is; undefined where it does not say. */
export function indexEntry(paragraph: string): IndexEntry | undefined {
  const path = fieldOf(paragraph, "Filename");
  const sha256 = fieldOf(paragraph, "SHA256");
  const size = fieldOf(paragraph, "Size");
  if (!path || !size || sha256?.length !== 64) return undefined;
  return { path: withoutDot(path), sha256: sha256 as Sha256, size: Number(size) };
}

/** The field of a paragraph that fits in one line. By hand: an index has more than a million lines. */
export function fieldOf(paragraph: string, name: string): string | undefined {
  const label = `${name}: `;
  const found = paragraph.startsWith(label) ? 0 : paragraph.indexOf(`\n${label}`) + 1;
  if (found === 0 && !paragraph.startsWith(label)) return undefined;
  const end = paragraph.indexOf("\n", found);
  return paragraph.slice(found + label.length, end === -1 ? undefined : end).trim();
}
