import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { fileStretches, type Sha256 } from "@pibuild/core";
import { type Manifest, manifestBytes } from "../format/manifest.ts";
import { type BodyMemberName, bodyMembers } from "../format/members.ts";
import { archiveEnd, padding, ustarHeader } from "../format/ustar.ts";
import { formatHead } from "../read/read-head.ts";
import { writeAll } from "../write-all.ts";

/** A member's content: bytes, or the file that has them. */
export type Contents = Readonly<Record<BodyMemberName, Buffer | string>>;

/**
 * Writes the file: the body first, behind the place of the head, whose length does not depend on the
 * one field that is not known before. Returns the manifest with that field.
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
  await using file = await open(output, "wx");
  const hash = createHash("sha256");
  let offset = headOf(draft).length;
  for await (const bytes of body(draft, contents)) {
    const written = writeAll(file, bytes, offset);
    hash.update(bytes);
    await written;
    offset += bytes.length;
  }
  const sha256 = hash.digest("hex") as Sha256;
  const manifest = { ...draft, body: { ...draft.body, sha256 } };
  const head = headOf(manifest);
  await writeAll(file, head, 0);
  return manifest;
}

async function* body(manifest: Manifest, contents: Contents): AsyncGenerator<Buffer> {
  for (const member of bodyMembers(manifest.images)) {
    yield ustarHeader(member, manifest.createdAt);
    const content = contents[member.name];
    if (typeof content === "string") yield* fileStretches(content);
    else yield content;
    yield padding(member.size);
  }
  yield archiveEnd;
}
