import * as http from "node:http";
import * as https from "node:https";

/** How long a mirror may take to answer, in milliseconds. */
const limitMs = 5000;
/** An InRelease has a quarter of a megabyte. */
const mostBytes = 8 * 1024 ** 2;
const mostRedirections = 5;

/** A small file of a server; undefined where it does not exist there. Throws where nobody answers. */
export async function download(
  url: string,
  proxyEnv: Readonly<Record<string, string>>,
  redirections = 0,
): Promise<string | undefined> {
  const { request, Agent } = url.startsWith("https:") ? https : http;
  const signal = AbortSignal.timeout(limitMs);
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request(url, { agent: new Agent({ proxyEnv }), signal }, resolve)
      .on("error", reject)
      .end();
  });
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
    response.resume();
    if (redirections === mostRedirections) throw new Error("too many redirections");
    return download(new URL(headers.location, url).href, proxyEnv, redirections + 1);
  }
  if (statusCode === 404 || statusCode === 410) {
    response.resume();
    return undefined;
  }
  if (statusCode !== 200) {
    response.resume();
    throw new Error(`it answers ${statusCode}`);
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new Error("it sends no end of it");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
