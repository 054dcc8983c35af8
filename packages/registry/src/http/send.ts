import { createReadStream } from "node:fs";
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline } from "node:stream";
import type { Patience } from "./patience.ts";

/** What is sent: some bytes, or a file's first so many. */
export type Body = Buffer | { readonly file: string; readonly bytes: number };

/** One request, to this address and to no other. */
export interface Call {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body | undefined;
}

/** What a server answered. Who gets it reads its body, or destroys that. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
  /** See `Patience`. */
  readonly idleMs: number;
}

/** One connection serves many requests; it is kept no longer than this process works. */
const agents = {
  "http:": new http.Agent({ keepAlive: true, proxyEnv: process.env }),
  "https:": new https.Agent({ keepAlive: true, proxyEnv: process.env }),
};

/** What pibuild asks for itself with. */
const userAgent = "pibuild";

/** Sends a request and waits for the answer's head. Throws what the system says of the connection. */
export async function send(
  { method, url, headers, body }: Call,
  { idleMs, signal }: Patience,
): Promise<Reply> {
  signal?.throwIfAborted();
  const library = url.protocol === "http:" ? http : https;
  const length = body === undefined ? 0 : Buffer.isBuffer(body) ? body.length : body.bytes;
  const sized = body === undefined && (method === "GET" || method === "HEAD");
  return new Promise((resolve, reject) => {
    const request = library.request(url, {
      method,
      agent: agents[url.protocol as keyof typeof agents],
      headers: {
        "user-agent": userAgent,
        ...(sized ? {} : { "content-length": String(length) }),
        ...headers,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    request.setTimeout(idleMs, () => {
      request.destroy(new Error(`it said nothing for ${idleMs / 1000} s`));
    });
    request.on("error", reject);
    request.on("response", (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer, idleMs });
    });
    if (body === undefined || Buffer.isBuffer(body)) request.end(body);
    else if (body.bytes === 0) request.end();
    else {
      const source = createReadStream(body.file, { end: body.bytes - 1, highWaterMark: 2 ** 18 });
      // A server may answer before it has read all: its answer says why.
      pipeline(source, request, (error) => error && reject(error));
    }
  });
}
