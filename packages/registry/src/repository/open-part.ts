import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { readPieces } from "@pibuild/core";

/** A file as far as it has come. */
export interface Part {
  readonly length: number;
  /** Takes the next bytes, which stay as they are; they are in the file after `settle`. */
  append(piece: Buffer): Promise<void>;
  settle(): Promise<void>;
  /** Begins the file anew. */
  empty(): Promise<void>;
  digest(): string;
}

/** What is written at once, in bytes: a write for each piece of a connection would cost more than hashing it. */
const batchBytes = 1024 * 1024;

/** Opens a file that may hold the begin of what comes, of at most so many bytes. */
export async function openPart(file: FileHandle, path: string, bytes: number): Promise<Part> {
  let hash: Hash = createHash("sha256");
  let { size: length } = await file.stat();
  let written = length;
  let waiting: Buffer[] = [];
  let writing: Promise<unknown> = Promise.resolve();
  const flush = async () => {
    await writing;
    if (waiting.length === 0) return;
    const [pieces, at] = [waiting, written];
    waiting = [];
    written = length;
    writing = file.writev(pieces, at);
    // It is awaited before the next one.
    writing.catch(() => undefined);
  };
  const settle = async () => {
    await flush();
    await writing;
  };
  const empty = async () => {
    await settle();
    await file.truncate(0);
    hash = createHash("sha256");
    [length, written] = [0, 0];
  };
  if (length > bytes) await empty();
  if (length > 0) for await (const piece of readPieces(path)) hash.update(piece);
  return {
    get length() {
      return length;
    },
    settle,
    empty,
    async append(piece) {
      waiting.push(piece);
      length += piece.length;
      hash.update(piece);
      if (length - written >= batchBytes) await flush();
    },
    digest: () => hash.copy().digest("hex"),
  };
}
