import type { Reply } from "./send.ts";

/** A whole body of at most so many bytes. Throws where it is longer, or breaks off. */
export async function readBody({ body }: Pick<Reply, "body">, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
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
export async function drop(reply: Pick<Reply, "body">): Promise<void> {
  await readBody(reply, 64 * 1024).catch(() => reply.body.destroy());
}
