import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** What a mirror of a test does instead of sending a file. */
export type Misdeed =
  | "hang"
  | "reset"
  | 404
  | 429
  | 500
  | 503
  | "half"
  | "wrong byte"
  | "longer"
  | "stall"
  | "loop"
  | "slow"
  | "page";

export interface Mirror extends AsyncDisposable {
  /** The archive's address there. */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** The ranges that were asked for. */
  readonly ranges: string[];
  /** What it does wrong with a path; changed at will. */
  misdeed: (path: string) => Misdeed | undefined;
}

/** A file of an archive, by its path; undefined for one that is not there. */
export type ReadArchive = (path: string) => Promise<Buffer | undefined>;

/** Serves an archive, a directory or what is read in another way, on loopback, and knows ranges. */
export async function serveMirror(
  archive: string | ReadArchive,
  misdeed: Mirror["misdeed"] = () => undefined,
): Promise<Mirror> {
  const read: ReadArchive =
    typeof archive === "string"
      ? (path) => readFile(join(archive, path)).catch(() => undefined)
      : archive;
  const asked: string[] = [];
  const ranges: string[] = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent((request.url ?? "").replace(/^\/debian\//, ""));
    asked.push(path);
    if (request.headers.range !== undefined) ranges.push(request.headers.range);
    const bad = mirror.misdeed(path);
    const bytes = await read(path);
    if (bad === undefined) return send(request, response, bytes);
    misbehave(bad, request, response, bytes ?? Buffer.alloc(1000));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const mirror: Mirror = {
    ...{ url: `http://127.0.0.1:${port}/debian`, asked, ranges, misdeed },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return mirror;
}

function send(request: IncomingMessage, response: ServerResponse, bytes: Buffer | undefined): void {
  if (bytes === undefined) {
    response.writeHead(404).end("no such file");
    return;
  }
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, {
    "content-length": bytes.length - from,
    ...(from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  response.end(bytes.subarray(from));
}

function misbehave(
  bad: Misdeed,
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
): void {
  if (bad === "hang") return;
  if (bad === "reset") return void request.socket.resetAndDestroy();
  if (typeof bad === "number") return void response.writeHead(bad).end("<html>no</html>");
  if (bad === "loop") return void response.writeHead(302, { location: request.url ?? "/" }).end();
  if (bad === "page") {
    response.writeHead(200, { "content-type": "text/html" }).end("<html>Log in first</html>");
    return;
  }
  if (bad === "wrong byte") {
    const wrong = Buffer.from(bytes);
    const middle = wrong.length >> 1;
    wrong[middle] = (wrong[middle] ?? 0) ^ 1;
    response.writeHead(200, { "content-length": wrong.length }).end(wrong);
    return;
  }
  if (bad === "longer") {
    response.writeHead(200).end(Buffer.concat([bytes, bytes]));
    return;
  }
  response.writeHead(200, { "content-length": bytes.length });
  if (bad === "half") {
    response.write(bytes.subarray(0, bytes.length >> 1), () => request.socket.destroy());
  } else if (bad === "stall") {
    response.write(bytes.subarray(0, Math.ceil(bytes.length / 10)));
  } else {
    let at = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(at, at + 100));
      at += 100;
      if (at >= bytes.length) clearInterval(timer);
    }, 20);
    response.on("close", () => clearInterval(timer));
  }
}
