import { open } from "node:fs/promises";

/** Large enough that calls cost nothing, small enough that a hole is seldom lost. */
const chunkBytes = 64 * 1024;

/**
 * Copies a file into another at an offset in bytes, leaving out what is zero. The place in the
 * target must be zero already, as the holes of a new file are.
 */
export async function copySparse(source: string, target: string, offset: number): Promise<void> {
  await using from = await open(source);
  await using to = await open(target, "r+");
  const chunk = Buffer.alloc(chunkBytes);
  const zeros = Buffer.alloc(chunkBytes);
  for (let position = 0; ; ) {
    const { bytesRead } = await from.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) return;
    if (chunk.compare(zeros, 0, bytesRead, 0, bytesRead) !== 0) {
      await to.write(chunk, 0, bytesRead, offset + position);
    }
    position += bytesRead;
  }
}
