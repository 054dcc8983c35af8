import { PibuildError, type Sha256, sha256 } from "@pibuild/core";
import { drop, readBody } from "../http/read-body.ts";
import { detailOf, type Session } from "../session/session.ts";
import type { Blob } from "./blob.ts";

/** Of the OCI image specification 1.1. */
export const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** A blob as a manifest names it. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 digits. */
  readonly digest: string;
  readonly size: number;
  /** The bytes themselves as base64, for what is small: it saves a request. */
  readonly data?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image manifest with an artifact in it. */
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: typeof manifestType;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a registry has under a tag or a digest. */
export interface FoundManifest {
  readonly digest: Sha256;
  /** Undefined where the text is none. */
  readonly manifest: Manifest | undefined;
}

/** The specification lets registries refuse larger ones. */
const mostBytes = 4 * 1024 * 1024;

/** The manifest of a tag, or of `sha256:<digest>`; undefined where there is none. */
export async function getManifest(
  session: Session,
  repository: string,
  reference: string,
): Promise<FoundManifest | undefined> {
  const path = `${repository}/manifests/${reference}`;
  const headers = { accept: manifestType };
  const text = await session.trying(repository, async () => {
    const reply = await session.once({
      ...{ method: "GET", path, repository, action: "read", headers },
    });
    if (reply.status === 200) return (await readBody(reply, mostBytes)).toString();
    if (reply.status !== 404)
      throw failed(session.nameOf(repository), "a request for a manifest", await detailOf(reply));
    await drop(reply);
    return undefined;
  });
  return text === undefined ? undefined : { digest: sha256(text), manifest: parseManifest(text) };
}

/** Puts a manifest under a tag; all of its blobs have to be there. Gives its digest. */
export async function putManifest(
  session: Session,
  { repository, tag, manifest }: { repository: string; tag: string; manifest: Manifest },
): Promise<Sha256> {
  const text = JSON.stringify(manifest);
  const path = `${repository}/manifests/${tag}`;
  const reply = await session.ask({
    ...{ method: "PUT", path, repository, action: "write", body: Buffer.from(text) },
    headers: { "content-type": manifestType },
  });
  if (reply.status !== 201)
    throw failed(session.nameOf(repository), "a manifest", await detailOf(reply));
  await drop(reply);
  return sha256(text);
}

/** Removes a manifest and the tags that lead to it; one that is gone already is no failure. */
export async function deleteManifest(
  session: Session,
  repository: string,
  digest: Sha256,
): Promise<void> {
  const path = `${repository}/manifests/sha256:${digest}`;
  const reply = await session.ask({ method: "DELETE", path, repository, action: "delete" });
  if (![202, 200, 404].includes(reply.status))
    throw failed(session.nameOf(repository), "that something is removed", await detailOf(reply));
  await drop(reply);
}

/** A descriptor of some bytes. */
export function describeBlob({ digest, bytes }: Blob, mediaType: string): Descriptor {
  return { mediaType, digest: `sha256:${digest}`, size: bytes };
}

/** The digest and length that a descriptor names. */
export function blobOf({ digest, size }: Descriptor): Blob {
  return { digest: digest.slice("sha256:".length) as Sha256, bytes: size };
}

function parseManifest(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Manifest;
    return isDescriptor(manifest.config) && manifest.layers.every(isDescriptor)
      ? manifest
      : undefined;
  } catch {
    return undefined;
  }
}

function isDescriptor({ digest, size, data = "" }: Descriptor): boolean {
  return (
    /^sha256:[0-9a-f]{64}$/.test(digest) &&
    Number.isSafeInteger(size) &&
    size >= 0 &&
    typeof data === "string"
  );
}

function failed(registry: string, what: string, detail: string): PibuildError {
  return new PibuildError("REGISTRY_REFUSED", { registry, what, detail });
}
