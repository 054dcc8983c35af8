import { PibuildError } from "@pibuild/core";
import { drop } from "../http/read-body.ts";
import { Momentary } from "../http/retry.ts";
import type { Body } from "../http/send.ts";
import { detailOf, type Session } from "../session/session.ts";
import type { Blob } from "./blob.ts";

export interface Push {
  readonly repository: string;
  readonly blob: Blob;
  readonly body: Body;
  /** Another repository of the registry that may have it already. */
  readonly from?: string | undefined;
}

/** The length of a blob that a repository has, in bytes; undefined where it has none. */
export async function headBlob(
  session: Session,
  repository: string,
  { digest }: Pick<Blob, "digest">,
): Promise<number | undefined> {
  const reply = await session.ask({
    ...{ method: "HEAD", path: `${repository}/blobs/sha256:${digest}`, repository, action: "read" },
  });
  await drop(reply);
  return reply.status === 200 ? Number(reply.headers["content-length"]) : undefined;
}

/**
 * Sends a blob that the repository lacks, in one streamed request. Returns the bytes that went over
 * the wire. Throws REGISTRY_REFUSED, REGISTRY_DENIED and REGISTRY_UNREACHABLE.
 */
export async function pushBlob(session: Session, push: Push): Promise<number> {
  const { repository, blob, body } = push;
  if ((await headBlob(session, repository, blob)) === blob.bytes) return 0;
  return session.trying(repository, async () => {
    const upload = await beginUpload(session, push);
    if (upload === undefined) return 0;
    upload.searchParams.set("digest", `sha256:${blob.digest}`);
    const reply = await session.once({
      ...{ method: "PUT", path: upload, repository, action: "write", body },
      headers: { "content-type": "application/octet-stream" },
    });
    if (reply.status === 201 || reply.status === 204) {
      await drop(reply);
      return blob.bytes;
    }
    const detail = await detailOf(reply);
    // Another try begins a new upload: this one is of unknown length by now.
    if (reply.status === 404 || reply.status === 416) throw new Momentary(detail);
    throw refused(session.nameOf(repository), detail);
  });
}

/** The address to send a blob to; undefined where the registry took it from another repository. */
async function beginUpload(
  session: Session,
  { repository, blob, from }: Push,
): Promise<URL | undefined> {
  const query = from === undefined ? "" : `?mount=sha256:${blob.digest}&from=${from}`;
  const path = `${repository}/blobs/uploads/${query}`;
  const reply = await session.once({ method: "POST", path, repository, action: "write" });
  if (reply.status === 201) {
    await drop(reply);
    return undefined;
  }
  const { location } = reply.headers;
  if (reply.status !== 202 || location === undefined)
    throw refused(session.nameOf(repository), await detailOf(reply));
  await drop(reply);
  return session.resolve(location);
}

function refused(registry: string, detail: string): PibuildError {
  return new PibuildError("REGISTRY_REFUSED", { registry, what: "a blob", detail });
}
