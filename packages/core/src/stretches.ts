import { open } from "node:fs/promises";

/** Long enough that calls cost nothing, in bytes. */
const stretchBytes = 1024 * 1024;

/**
 * A file's content in order, read one stretch ahead. Yields the same memory again and again, because
 * new memory would cost more than hashing it: whoever takes it is done with it when asking for more.
 */
export async function* fileStretches(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  let [buffer, next] = [Buffer.allocUnsafeSlow(stretchBytes), Buffer.allocUnsafeSlow(stretchBytes)];
  let { bytesRead } = await file.read(buffer, 0, stretchBytes);
  while (bytesRead > 0) {
    const ahead = file.read(next, 0, stretchBytes);
    // It is awaited below; where the caller stops before, nobody asks for it.
    ahead.catch(() => undefined);
    yield buffer.subarray(0, bytesRead);
    ({ bytesRead } = await ahead);
    [buffer, next] = [next, buffer];
  }
}
