import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";
import { paced } from "../http/paced.ts";
import { drop } from "../http/read-body.ts";
import { Momentary } from "../http/retry.ts";
import type { Reply } from "../http/send.ts";
import { detailOf, type Session } from "../session/session.ts";
import type { Blob } from "./blob.ts";
import { openPart, type Part } from "./open-part.ts";

/** Who has brought so many bytes is given all of the time anew. */
const progressBytes = 1024 * 1024;

/**
 * Brings a blob into a file, and checks it while it comes. What the file holds already is gone on
 * with, so it may be what a killed process left. Returns the bytes that came over the wire. Throws
 * BLOB_DAMAGED where the bytes are others, REGISTRY_REFUSED where there is no such blob, REGISTRY_DENIED
 * and REGISTRY_UNREACHABLE.
 */
export async function pullBlob(
  session: Session,
  repository: string,
  { digest, bytes }: Blob,
  path: string,
): Promise<number> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  await using file = await open(path, O_RDWR | O_CREAT | (O_NOFOLLOW ?? 0), 0o600);
  const part = await openPart(file, path, bytes);
  // Also of what breaks off, for who goes on with it.
  await using _settled = { [Symbol.asyncDispose]: () => part.settle() };
  let came = 0;
  let told = 0;
  const began = part.length;
  const bring = () =>
    session.trying(repository, async (progressed) => {
      if (part.length === bytes) return;
      const reply = await session.once({
        ...{ method: "GET", path: `${repository}/blobs/sha256:${digest}`, repository },
        action: "read",
        headers: part.length === 0 ? {} : { range: `bytes=${part.length}-` },
      });
      await resumeAt(part, reply);
      if (reply.status === 404) throw gone(session.nameOf(repository), await detailOf(reply));
      if (reply.status !== 200 && reply.status !== 206) throw new Momentary(await detailOf(reply));
      for await (const piece of paced(reply)) {
        if (part.length + piece.length > bytes) {
          reply.body.destroy();
          throw damaged(session.nameOf(repository), digest, `more than ${bytes} bytes`);
        }
        await part.append(piece);
        came += piece.length;
        if (came - told < progressBytes) continue;
        told = came;
        progressed();
      }
      if (part.length !== bytes) throw new Momentary(`it ended after ${part.length} bytes`);
    });
  // What was there before may be what is wrong.
  for (let tries = began > 0 ? 2 : 1; tries > 0; tries -= 1) {
    await bring();
    if (part.digest() === digest) return came;
    await part.empty();
  }
  throw damaged(session.nameOf(repository), digest, "its bytes have another digest");
}

/** A server may not know ranges, and begins anew; or give another one than was asked for. */
async function resumeAt(part: Part, reply: Reply): Promise<void> {
  if (part.length === 0) return;
  const start = /^bytes (\d+)-/.exec(reply.headers["content-range"] ?? "")?.[1];
  if (reply.status === 206 && Number(start) === part.length) return;
  if (reply.status === 200) return part.empty();
  if (reply.status !== 206 && reply.status !== 416) return;
  await drop(reply);
  await part.empty();
  throw new Momentary("it does not go on where it was asked to");
}

function damaged(place: string, digest: string, detail: string): PibuildError {
  return new PibuildError("BLOB_DAMAGED", { place, digest, detail });
}

function gone(registry: string, detail: string): PibuildError {
  return new PibuildError("REGISTRY_REFUSED", { registry, what: "a request for a blob", detail });
}
