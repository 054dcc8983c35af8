import { paced } from "./paced.ts";
import type { Reply } from "./send.ts";

/** A whole body of at most so many bytes. Throws where it is longer, or breaks off. */
export async function readBody(
  reply: Pick<Reply, "body" | "idleMs">,
  mostBytes: number,
): Promise<Buffer> {
  const { body } = reply;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of paced(reply)) {
    length += piece.length;
    if (length > mostBytes) {
      body.destroy();
      throw new Error(`the answer is longer than ${mostBytes} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Reads what nobody wants, so that the connection can serve again. */
export async function drop(reply: Pick<Reply, "body" | "idleMs">): Promise<void> {
  await readBody(reply, 64 * 1024).catch(() => reply.body.destroy());
}
