import { createHash } from "node:crypto";
import { refuse } from "../refuse.ts";
import type { Payload } from "./open-payload.ts";

/** Read at once while hashing, in bytes. */
const pieceBytes = 1024 ** 2;

/** Reads everything behind the signatures once, and refuses (`body`) what is not what was signed. */
export async function checkBody({ source, head, manifest }: Payload): Promise<void> {
  const hash = createHash("sha256");
  const buffers = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)] as const;
  const read = (offset: number, turn: number) =>
    source.read(
      offset,
      Math.min(pieceBytes, source.size - offset),
      buffers[turn % 2 === 0 ? 0 : 1],
    );
  let ahead = read(head.size, 0);
  for (let offset = head.size, turn = 1; offset < source.size; turn++) {
    const bytes = await ahead;
    offset += bytes.length;
    ahead = read(offset, turn);
    hash.update(bytes);
  }
  await ahead;
  if (hash.digest("hex") !== manifest.body.sha256) {
    refuse(source.name, "body", "its content is not what was signed");
  }
}
