import { createHash } from "node:crypto";
import { canonicalJson } from "@pibuild/core";
import { sha256Of } from "../src/format/chunk.ts";
import type { Manifest } from "../src/format/manifest.ts";
import { preAuthEncoding } from "../src/format/manifest.ts";
import { type BodyMemberName, bodyMembers } from "../src/format/members.ts";
import { archiveEnd, padding, ustarHeader } from "../src/format/ustar.ts";
import { keyId } from "../src/keys/ed25519.ts";
import type { Signer } from "../src/keys/signer.ts";
import { openPayload } from "../src/read/open-payload.ts";
import { formatHead } from "../src/read/read-head.ts";
import { bytesSource } from "../src/read/source.ts";

/** A payload taken to pieces, to be put together wrongly. */
export interface Pieces {
  readonly manifest: Manifest;
  readonly contents: [name: BodyMemberName, bytes: Buffer][];
}

export async function takeApart(payload: Buffer): Promise<Pieces> {
  const { manifest, head } = await openPayload(bytesSource(payload), { trust: "anyone" });
  const contents = bodyMembers(manifest.images).map(
    ({ name, offset, size }): Pieces["contents"][number] => {
      const start = head.size + offset;
      return [name, Buffer.from(payload.subarray(start, start + size))];
    },
  );
  return { manifest, contents };
}

/** The body of members in the order in which they are given. */
export function bodyOf(contents: Pieces["contents"], mtime: number): Buffer {
  const members = contents.map(([name, bytes]) =>
    Buffer.concat([ustarHeader({ name, size: bytes.length }, mtime), bytes, padding(bytes.length)]),
  );
  return Buffer.concat([...members, archiveEnd]);
}

/** A head with these signatures, whatever the manifest is. */
export async function headOf(manifest: Buffer, signers: readonly Signer[], mtime: number) {
  const signatures = signers.map(async (signer) => ({
    keyId: keyId(signer.publicKey),
    bytes: await signer.sign(preAuthEncoding(manifest)),
  }));
  return formatHead({ manifest, signatures: await Promise.all(signatures), mtime });
}

export interface Forgery {
  readonly signers: readonly Signer[];
  /** Changes the manifest after all its sums were made right. */
  readonly editManifest?: (manifest: Manifest) => unknown;
  readonly editText?: (text: string) => string;
}

/** A payload of pieces that were changed: sums and signatures are right, so that only they are wrong. */
export async function forge(pieces: Pieces, forgery: Forgery): Promise<Buffer> {
  const { signers, editManifest = (manifest) => manifest, editText = (text) => text } = forgery;
  const contents = new Map(pieces.contents);
  const sum = (name: BodyMemberName) => sha256Of(contents.get(name) as Buffer);
  const size = (name: BodyMemberName) => (contents.get(name) as Buffer).length;
  const { images, cmdline, createdAt } = pieces.manifest;
  const body = bodyOf(pieces.contents, createdAt);
  const image = (name: "boot" | "root") => ({
    ...images[name],
    data: size(`data/${name}.zst`),
    index: { sha256: sum(`index/${name}`), size: size(`index/${name}`) },
  });
  const manifest: Manifest = {
    ...pieces.manifest,
    body: {
      sha256: createHash("sha256").update(body).digest("hex") as Manifest["body"]["sha256"],
      size: body.length,
    },
    cmdline: {
      ...cmdline,
      a: { ...cmdline.a, sha256: sum("cmdline/a") },
      b: { ...cmdline.b, sha256: sum("cmdline/b") },
    },
    images: { boot: image("boot"), root: image("root") },
  };
  const text = editText(canonicalJson(editManifest(manifest)));
  return Buffer.concat([await headOf(Buffer.from(text), signers, createdAt), body]);
}

/** The contents with one of them changed. */
export function withContent(
  pieces: Pieces,
  name: BodyMemberName,
  edit: (bytes: Buffer) => Buffer,
): Pieces {
  const contents = pieces.contents.map(([each, bytes]): Pieces["contents"][number] =>
    each === name ? [each, edit(bytes)] : [each, bytes],
  );
  return { ...pieces, contents };
}
