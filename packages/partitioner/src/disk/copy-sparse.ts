import { open } from "node:fs/promises";
import type { FilePart } from "@pibuild/core";

/** Large enough that calls cost nothing, small enough that a hole is seldom lost. */
const chunkBytes = 64 * 1024;

/**
 * Copies a file, or a part of it, into a file at an offset in bytes, leaving out what is zero. The
 * place in the target must be zero already, as the holes of a new file are.
 */
export async function copySparse(
  source: string,
  target: string,
  offset: number,
  { start, length }: FilePart = { start: 0, length: Number.POSITIVE_INFINITY },
): Promise<void> {
  await using from = await open(source);
  await using to = await open(target, "r+");
  const chunk = Buffer.alloc(chunkBytes);
  const zeros = Buffer.alloc(chunkBytes);
  for (let done = 0; done < length; ) {
    const wanted = Math.min(chunkBytes, length - done);
    const { bytesRead } = await from.read(chunk, 0, wanted, start + done);
    if (bytesRead === 0) return;
    if (chunk.compare(zeros, 0, bytesRead, 0, bytesRead) !== 0) {
      await to.write(chunk, 0, bytesRead, offset + done);
    }
    done += bytesRead;
  }
}
