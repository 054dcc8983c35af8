import { closeSync, type Dirent, openSync, readdirSync, readSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { MiB } from "../layout/units.ts";

/** Long enough that calls cost nothing, in bytes. */
const pieceBytes = MiB;

/**
 * Reads the files of a tree and drops what it read, while mke2fs copies one after the other: what
 * comes out of a compressed layer is then in the kernel's cache already, unpacked by another
 * processor. Does nothing where the host has no other processor, or no memory to keep the tree in.
 * Ends early when `signal` aborts, and where a file cannot be read: whoever needs it says so.
 */
export async function readAhead(
  root: string,
  treeBytes: number,
  signal: AbortSignal,
): Promise<void> {
  if (availableParallelism() < 2 || freemem() < 2 * treeBytes) return;
  const buffer = Buffer.allocUnsafeSlow(pieceBytes);
  for (const file of files(Buffer.from(root))) {
    if (signal.aborted) return;
    readThrough(file, buffer);
    await nextTurn();
  }
}

/** Depth first and unsorted, as mke2fs goes. */
function* files(directory: Buffer): Generator<Buffer> {
  const entries: Dirent<Buffer>[] = readdirSync(directory, {
    encoding: "buffer",
    withFileTypes: true,
  });
  for (const entry of entries) {
    const path = Buffer.concat([directory, slash, entry.name]);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}

const slash = Buffer.from("/");

function readThrough(path: Buffer, buffer: Buffer): void {
  const file = openSync(path, "r");
  try {
    while (readSync(file, buffer) > 0);
  } finally {
    closeSync(file);
  }
}
