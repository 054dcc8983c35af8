import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { FoundResult } from "../results.ts";

/** Sends a result's bytes. A file that goes away meanwhile ends the connection, which no client takes for a hit. */
export async function sendResult(
  response: ServerResponse,
  { path, start, bytes, notes }: FoundResult,
  method: string,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": bytes,
    ...notes,
  });
  if (method === "HEAD" || bytes === 0) {
    response.end();
    return;
  }
  await pipeline(createReadStream(path, { start, end: start + bytes - 1 }), response);
}

/** Answers without a result. */
export function sendStatus(response: ServerResponse, status: number, body?: unknown): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    "content-length": Buffer.byteLength(text),
    ...(text === "" ? {} : { "content-type": "application/json" }),
  });
  response.end(text);
}
