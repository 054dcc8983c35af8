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

/** Gives the packages of a `Packages` file, in its order. */
export async function* readIndex(file: string): AsyncGenerator<IndexEntry> {
  for await (const paragraph of readParagraphs(file)) {
    const entry = indexEntry(paragraph);
    if (entry !== undefined) yield entry;
  }
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
  return { path: path.replace(/^(?:\.\/)+/, ""), sha256: sha256 as Sha256, size: Number(size) };
}

/** The field of a paragraph that fits in one line. By hand: an index has more than a million lines. */
export function fieldOf(paragraph: string, name: string): string | undefined {
  const label = `${name}: `;
  const found = paragraph.startsWith(label) ? 0 : paragraph.indexOf(`\n${label}`) + 1;
  if (found === 0 && !paragraph.startsWith(label)) return undefined;
  const end = paragraph.indexOf("\n", found);
  return paragraph.slice(found + label.length, end === -1 ? undefined : end).trim();
}
