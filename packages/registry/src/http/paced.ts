import { Momentary } from "./retry.ts";
import type { Reply } from "./send.ts";

/** Fewer bytes a second than this, over the time that nothing may be said, and it is given up. */
const leastSpeed = 256;

/** A body piece by piece. Throws `Momentary` where next to nothing comes. */
export async function* paced({
  body,
  idleMs,
}: Pick<Reply, "body" | "idleMs">): AsyncGenerator<Buffer> {
  let since = performance.now();
  let came = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    came += piece.length;
    const ms = performance.now() - since;
    if (ms >= idleMs) {
      if (came < (leastSpeed * ms) / 1000) {
        body.destroy();
        throw new Momentary(`no more than ${came} bytes came in ${(ms / 1000).toFixed(1)} s`);
      }
      since = performance.now();
      came = 0;
    }
    yield piece;
  }
}
