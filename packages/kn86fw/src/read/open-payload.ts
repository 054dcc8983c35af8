import { verify } from "node:crypto";
import type { Sha256 } from "@pibuild/core";
import type { Manifest } from "../format/manifest.ts";
import { preAuthEncoding } from "../format/manifest.ts";
import { type BodyMember, type BodyMemberName, bodyMembers } from "../format/members.ts";
import { parseManifest } from "../format/parse-manifest.ts";
import type { TrustedKeys } from "../keys/trusted-keys.ts";
import { refuse } from "../refuse.ts";
import { type Envelope, unwrap } from "./envelope.ts";
import { type Head, readHead } from "./read-head.ts";
import type { Source } from "./source.ts";

/** A payload whose manifest can be believed, as far as `trust` goes; its body was not read yet. */
export interface Payload {
  readonly source: Source;
  readonly manifest: Manifest;
  readonly head: Head;
  /** The ids of the trusted keys that signed it. */
  readonly signedBy: readonly Sha256[];
  /** Its content's place in the file. */
  member(name: BodyMemberName): { readonly offset: number; readonly size: number };
  readonly members: readonly BodyMember[];
}

export interface OpenOptions {
  /** Whose signatures count, or `anyone`, for looking at what nobody has to trust. */
  readonly trust: TrustedKeys | "anyone";
  readonly envelopes?: readonly Envelope[];
}

/** Reads the head and checks it: form, signatures, manifest, length. Throws PAYLOAD_REFUSED. */
export async function openPayload(file: Source, options: OpenOptions): Promise<Payload> {
  const source = await unwrap(file, options.envelopes ?? []);
  const head = await readHead(source);
  const signedBy = options.trust === "anyone" ? [] : checkSignatures(source, head, options.trust);
  const manifest = parseManifest(head.manifest);
  if ("problem" in manifest) return refuse(source.name, "manifest", manifest.problem);
  if (manifest.createdAt !== head.mtime) {
    refuse(source.name, "manifest", "`createdAt` is not the time in the headers");
  }
  const { size: length } = manifest.body;
  if (source.size !== head.size + length) {
    const problem = `it has ${source.size} bytes, and ${head.size + length} were signed`;
    refuse(source.name, "size", problem);
  }
  const members = bodyMembers(manifest.images);
  const places = new Map(members.map((member) => [member.name, member]));
  return {
    source,
    manifest,
    head,
    signedBy,
    members,
    member(name) {
      const { offset, size } = places.get(name) as BodyMember;
      return { offset: head.size + offset, size };
    },
  };
}

/** The trusted keys that signed; refuses what none did, or what one did not sign as it says. */
function checkSignatures({ name }: Source, head: Head, trusted: TrustedKeys): Sha256[] {
  if (head.signatures.length === 0) refuse(name, "unsigned", "nobody signed it");
  const signed = preAuthEncoding(head.manifest);
  const known = head.signatures.filter(({ keyId }) => trusted.has(keyId as Sha256));
  if (known.length === 0) {
    const ids = head.signatures.map(({ keyId }) => keyId.slice(0, 16)).join(", ");
    refuse(name, "key", `it is signed by ${ids}, whom nobody here trusts`);
  }
  return known.map(({ keyId, bytes }) => {
    const id = keyId as Sha256;
    const key = trusted.get(id);
    if (key === undefined || !verify(null, signed, key, bytes)) {
      refuse(name, "signature", `the signature of ${keyId.slice(0, 16)} is not of this manifest`);
    }
    return id;
  });
}
