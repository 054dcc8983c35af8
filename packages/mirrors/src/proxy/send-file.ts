import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Sent {
  readonly file: FileHandle;
  readonly size: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const bufferBytes = 1024 * 1024;

/** Buffers that no answer uses. New ones for each file would be memory that waits to be collected. */
const spare: Buffer[] = [];
const mostSpare = 16;

/** Answers with a file, or with the part of it that was asked for. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { file, size, headers }: Sent,
) {
  const from = rangeOf(request.headers.range, size);
  const all = { "accept-ranges": "bytes", "content-type": "application/octet-stream", ...headers };
  if (from === undefined) {
    response
      .writeHead(416, { ...all, "content-range": `bytes */${size}`, "content-length": 0 })
      .end();
    return;
  }
  const isPart = request.headers.range !== undefined && from > 0;
  response.writeHead(isPart ? 206 : 200, {
    ...all,
    "content-length": size - from,
    ...(isPart ? { "content-range": `bytes ${from}-${size - 1}/${size}` } : {}),
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  // Two buffers take turns: one is read into while the other is on its way.
  const buffers = [takeBuffer(), takeBuffer()] as const;
  let written: Promise<void> = Promise.resolve();
  for (let at = from, turn = 0; at < size && !response.destroyed; turn ^= 1) {
    const buffer = buffers[turn as 0 | 1];
    const { bytesRead } = await file.read(buffer, 0, Math.min(bufferBytes, size - at), at);
    if (bytesRead === 0) {
      response.destroy();
      return;
    }
    await written;
    written = write(response, buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  await written;
  // What was cut off may still be on its way.
  if (!response.destroyed && spare.length < mostSpare) spare.push(...buffers);
  response.end();
  if (!response.destroyed) await once(response, "close");
}

function takeBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafe(bufferBytes);
}

/** Resolves when the system has the bytes, and their buffer is free again; also where nobody takes them. */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
    response.write(bytes, () => {
      response.off("close", resolve);
      resolve();
    });
  });
}

/** The first byte that is wanted; undefined where the file has none of what is. */
function rangeOf(range: string | undefined, size: number): number | undefined {
  const [, first] = /^bytes=(\d+)-$/.exec(range ?? "") ?? [];
  if (first === undefined) return 0;
  return Number(first) < size ? Number(first) : undefined;
}
