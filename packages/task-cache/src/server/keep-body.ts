import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openNew, partBeside } from "@pibuild/core";
import type { ClientName, ResultNotes } from "../results.ts";
import type { CacheEvent, Exchange } from "./exchange.ts";

/**
 * Keeps a request's body as a result, if it is whole, of a size that may be kept, and the token may
 * write. Otherwise the body is read to its end and dropped: a task that succeeded never fails for its cache.
 */
export async function keepBody(
  exchange: Exchange,
  client: ClientName,
  notes: ResultNotes,
): Promise<CacheEvent["what"]> {
  const { access, hash, log } = exchange;
  const { what, why } = await keep(exchange, client, notes).catch((error: Error) => ({
    what: "dropped" as const,
    why: error.message,
  }));
  log({ what, client, hash, ...(why === undefined ? {} : { why }) });
  if (!exchange.request.readableEnded) exchange.request.resume();
  return access.write === undefined ? "dropped" : what;
}

interface Kept {
  readonly what: "stored" | "exists" | "dropped";
  readonly why?: string;
}

async function keep(
  { access, hash, request, results, scratch, maxBytes }: Exchange,
  client: ClientName,
  notes: ResultNotes,
): Promise<Kept> {
  const dropped = (why: string): Kept => ({ what: "dropped", why });
  if (access.write === undefined) return dropped("the token may not write");
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (length > maxBytes) return dropped(`it is larger than ${maxBytes} bytes`);
  const part = partBeside(join(scratch, client));
  try {
    const bytes = await writeBody(request, part, maxBytes);
    // Node ends a body that was cut with an error only where its length was announced.
    if (!request.complete) return dropped("the client went away");
    if (bytes > maxBytes) return dropped(`it is larger than ${maxBytes} bytes`);
    const stored = await results.put({ scope: access.write, client, hash }, part, notes);
    return { what: stored ? "stored" : "exists" };
  } finally {
    await rm(part, { force: true });
  }
}

/** Hears a client to its end, writes what may be kept, and gives the body's length in bytes. */
async function writeBody(
  body: AsyncIterable<Buffer>,
  path: string,
  maxBytes: number,
): Promise<number> {
  await using file = await openNew(path);
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes <= maxBytes) await file.write(piece);
  }
  return bytes;
}
