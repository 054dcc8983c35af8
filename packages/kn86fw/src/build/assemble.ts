import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { type FilePart, PibuildError, readPieces, type Sha256 } from "@pibuild/core";
import { indexLimit, manifestLimit } from "../format/limits.ts";
import { type Manifest, manifestBytes } from "../format/manifest.ts";
import { type BodyMemberName, bodyMembers } from "../format/members.ts";
import { archiveEnd, padding, ustarHeader } from "../format/ustar.ts";
import { formatHead } from "../read/read-head.ts";
import { writeAll } from "../write-all.ts";

/** A member's content: bytes, or the part of the file that has them. */
export type Contents = Readonly<Record<BodyMemberName, Buffer | FilePart>>;

/** More than all members before the data have besides the indexes: a head, two lines, headers. */
const othersLimit = 2 * manifestLimit;
/** Where data lie until all that comes before them is known: behind the longest that it can be. */
export const firstPlace = 2 * indexLimit + othersLimit;

/**
 * Makes the file whole that has the data from `firstPlace` on. They move forward behind the indexes,
 * so a piece is always read before something is written over it. The head is written last; its
 * length does not depend on the one field that is not known before. Moving within one file costs a
 * third of copying from another one, whose memory the kernel would have to find and clear first.
 * Returns the manifest with that field; throws VERIFY_FAILED where the body is not as long as it says.
 */
export async function assemble(
  output: string,
  draft: Manifest,
  contents: Contents,
): Promise<Manifest> {
  const headOf = (manifest: Manifest) =>
    formatHead({
      manifest: manifestBytes(manifest),
      signatures: [],
      mtime: manifest.createdAt,
    });
  await using file = await open(output, "r+");
  const hash = createHash("sha256");
  let offset = headOf(draft).length;
  for await (const bytes of body(output, draft, contents)) {
    const written = writeAll(file, bytes, offset);
    hash.update(bytes);
    await written;
    offset += bytes.length;
  }
  const written = offset - headOf(draft).length;
  if (written !== draft.body.size) {
    const detail = `it has ${written} bytes, not ${draft.body.size}: did somebody else write to it?`;
    throw new PibuildError("VERIFY_FAILED", { what: "the payload's body", detail });
  }
  const sha256 = hash.digest("hex") as Sha256;
  const manifest = { ...draft, body: { ...draft.body, sha256 } };
  const head = headOf(manifest);
  await writeAll(file, head, 0);
  await file.truncate(offset);
  return manifest;
}

async function* body(path: string, manifest: Manifest, contents: Contents): AsyncGenerator<Buffer> {
  for (const member of bodyMembers(manifest.images)) {
    yield ustarHeader(member, manifest.createdAt);
    const content = contents[member.name];
    if (Buffer.isBuffer(content)) yield content;
    else yield* readPieces(path, content);
    yield padding(member.size);
  }
  yield archiveEnd;
}
