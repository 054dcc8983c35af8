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

/** Gives the packages of a `Packages` file, in its order; holds one piece of it at a time. */
export async function* readIndex(file: string): AsyncGenerator<IndexEntry> {
  await using handle = await open(file);
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let kept = "";
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, bufferBytes);
    const text = kept + buffer.toString("latin1", 0, bytesRead);
    // Whole paragraphs; the last may have no empty line behind it.
    const end = bytesRead === 0 ? text.length : text.lastIndexOf("\n\n") + 1;
    kept = text.slice(end);
    for (const paragraph of text.slice(0, end).split("\n\n")) {
      const entry = readParagraph(paragraph);
      if (entry !== undefined) yield entry;
    }
    if (bytesRead === 0) return;
  }
}

function readParagraph(text: string): IndexEntry | undefined {
  const path = field(text, "Filename");
  const sha256 = field(text, "SHA256");
  const size = field(text, "Size");
  if (!path || !size || sha256?.length !== 64) return undefined;
  return { path: path.replace(/^(?:\.\/)+/, ""), sha256: sha256 as Sha256, size: Number(size) };
}

/** By hand: an index has more than a million lines. */
function field(text: string, name: string): string | undefined {
  const label = `${name}: `;
  const found = text.startsWith(label) ? 0 : text.indexOf(`\n${label}`) + 1;
  if (found === 0 && !text.startsWith(label)) return undefined;
  const end = text.indexOf("\n", found);
  return text.slice(found + label.length, end === -1 ? undefined : end).trim();
}
