import { open } from "node:fs/promises";

/** Long enough that calls cost nothing, in bytes. */
const pieceBytes = 1024 * 1024;

/** A part of a file, in bytes. */
export interface FilePart {
  readonly start: number;
  readonly length: number;
}

/**
 * A file's content, or a part of it, in order and read one piece ahead. Yields the same memory
 * again and again, because new memory would cost more than hashing it: whoever takes it is done with
 * it when asking for more. Ends where the file does, also where that is before the part's end.
 */
export async function* readPieces(
  path: string | Buffer,
  { start, length }: FilePart = { start: 0, length: Number.POSITIVE_INFINITY },
): AsyncGenerator<Buffer> {
  await using file = await open(path);
  let at = start;
  const read = (into: Buffer) => file.read(into, 0, Math.min(pieceBytes, start + length - at), at);
  let [buffer, next] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
  let { bytesRead } = await read(buffer);
  while (bytesRead > 0) {
    at += bytesRead;
    const ahead = read(next);
    // It is awaited below; where the caller stops before, nobody asks for it.
    ahead.catch(() => undefined);
    yield buffer.subarray(0, bytesRead);
    ({ bytesRead } = await ahead);
    [buffer, next] = [next, buffer];
  }
}
