import { PibuildError, sha256 } from "@pibuild/core";
import { readBody } from "../http/read-body.ts";
import { detailOf, type Session } from "../session/session.ts";
import type { Blob } from "./blob.ts";

/** A small blob as text. Throws BLOB_DAMAGED and REGISTRY_REFUSED, see `pullBlob`. */
export async function readBlob(
  session: Session,
  repository: string,
  { digest, bytes }: Blob,
): Promise<string> {
  const path = `${repository}/blobs/sha256:${digest}`;
  const registry = session.nameOf(repository);
  return session.trying(repository, async () => {
    const reply = await session.once({ method: "GET", path, repository, action: "read" });
    if (reply.status !== 200) {
      const detail = await detailOf(reply);
      throw new PibuildError("REGISTRY_REFUSED", {
        registry,
        what: "a request for a blob",
        detail,
      });
    }
    const content = await readBody(reply, bytes);
    if (sha256(content) === digest) return content.toString();
    const detail = "its bytes have another digest";
    throw new PibuildError("BLOB_DAMAGED", { place: registry, digest, detail });
  });
}
