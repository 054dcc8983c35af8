import { createHash } from "node:crypto";
import { refuse } from "../refuse.ts";
import type { Payload } from "./open-payload.ts";

/** Read at once while hashing, in bytes. */
const stretch = 4 * 1024 ** 2;

/** Reads everything behind the signatures once, and refuses (`body`) what is not what was signed. */
export async function checkBody({ source, head, manifest }: Payload): Promise<void> {
  const hash = createHash("sha256");
  let ahead = source.read(head.size, Math.min(stretch, manifest.body.size));
  for (let offset = head.size; offset < source.size; ) {
    const bytes = await ahead;
    offset += bytes.length;
    ahead = source.read(offset, Math.min(stretch, source.size - offset));
    hash.update(bytes);
  }
  await ahead;
  if (hash.digest("hex") !== manifest.body.sha256) {
    refuse(source.name, "body", "its content is not what was signed");
  }
}
