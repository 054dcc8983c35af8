import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { fileStretches, type Sha256, type Stretch } from "@pibuild/core";
import { indexLimit } from "../format/limits.ts";
import { type Manifest, manifestBytes } from "../format/manifest.ts";
import { type BodyMemberName, bodyMembers } from "../format/members.ts";
import { archiveEnd, padding, ustarHeader } from "../format/ustar.ts";
import { formatHead } from "../read/read-head.ts";
import { writeAll } from "../write-all.ts";

/** A member's content: bytes, or the part of the file that has them. */
export type Contents = Readonly<Record<BodyMemberName, Buffer | Stretch>>;

const MiB = 1024 ** 2;
/** Where data lie until all that comes before them is known: behind the longest indexes and head. */
export const firstPlace = 2 * indexLimit + MiB;

/**
 * Makes the file whole that has the data, from `firstPlace` on: they are moved forward behind the
 * indexes, and the head is written before them; its length does not depend on the one field that is
 * not known before. Data in a file of their own would have to be written twice to new memory, which
 * costs far more. Returns the manifest with that field.
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
  const sha256 = hash.digest("hex") as Sha256;
  const manifest = { ...draft, body: { ...draft.body, sha256 } };
  const head = headOf(manifest);
  await writeAll(file, head, 0);
  await file.truncate(offset);
  return manifest;
}

async function* body(file: string, manifest: Manifest, contents: Contents): AsyncGenerator<Buffer> {
  for (const member of bodyMembers(manifest.images)) {
    yield ustarHeader(member, manifest.createdAt);
    const content = contents[member.name];
    if (Buffer.isBuffer(content)) yield content;
    else yield* fileStretches(file, content);
    yield padding(member.size);
  }
  yield archiveEnd;
}
