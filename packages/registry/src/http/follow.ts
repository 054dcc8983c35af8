import type { Patience } from "./patience.ts";
import { drop } from "./read-body.ts";
import { type Call, type Reply, send } from "./send.ts";

const mostRedirects = 5;

/**
 * Sends a request, and goes where the answer points to. A login goes to the address's own origin alone.
 * Throws where the way is too long, or leaves https.
 */
export async function follow(call: Call, patience: Patience): Promise<Reply> {
  let { url, headers } = call;
  for (let redirects = 0; ; redirects += 1) {
    const reply = await send({ ...call, url, headers }, patience);
    const to = reply.headers.location;
    if (![301, 302, 303, 307, 308].includes(reply.status) || to === undefined) return reply;
    await drop(reply);
    const next = new URL(to, url);
    if (redirects === mostRedirects) throw new Error("it leads from one address to the next");
    if (next.protocol !== "https:" && next.protocol !== url.protocol)
      throw new Error(`it leads to ${next.protocol}//, which is not protected`);
    if (next.origin !== url.origin) {
      const { authorization: _, ...others } = headers;
      headers = others;
    }
    url = next;
  }
}
