import { manifestLimit, sectorBytes, signatureBytes, signatureLimit } from "../format/limits.ts";
import { magic, magicName, manifestName, signaturePrefix } from "../format/members.ts";
import { memberBytes, padded, statedHeader, ustarHeader } from "../format/ustar.ts";
import { refuse } from "../refuse.ts";
import type { Source } from "./source.ts";

/** A signature as it is in the file: nobody checked it yet. */
export interface Signature {
  readonly keyId: string;
  readonly bytes: Buffer;
}

/** What comes before the body, unchecked but for its form. */
export interface Head {
  readonly manifest: Buffer;
  readonly signatures: readonly Signature[];
  /** Seconds, as in every header. */
  readonly mtime: number;
  /** Bytes up to the body. */
  readonly size: number;
}

/** Reads the magic, the manifest and the signatures; refuses (`format`) what has another form. */
export async function readHead(source: Source): Promise<Head> {
  const bad = (problem: string) => refuse(source.name, "format", problem);
  let offset = 0;
  const bytes = async (length: number) => {
    if (offset + length > source.size) bad("it ends within its head");
    offset += length;
    return await source.read(offset - length, length);
  };
  const header = await bytes(sectorBytes);
  const { name, mtime } = statedHeader(header);
  const isMagic = name === magicName && Number.isFinite(mtime);
  if (!isMagic || !header.equals(ustarHeader({ name, size: magic.length }, mtime))) {
    bad("it does not begin as a payload does");
  }
  const content = async (size: number, what: string) => {
    const all = await bytes(padded(size));
    if (all.subarray(size).some((byte) => byte !== 0)) bad(`${what} is not padded with zeros`);
    return all.subarray(0, size);
  };
  if (!(await content(magic.length, magicName)).equals(magic)) bad("it is of another version");

  const next = await bytes(sectorBytes);
  const { size } = statedHeader(next);
  if (!(size >= 1 && size <= manifestLimit)) bad("the manifest has no size, or is too long");
  if (!next.equals(ustarHeader({ name: manifestName, size }, mtime))) {
    bad("the second member is not the manifest");
  }
  const manifest = await content(size, manifestName);

  const signatures: Signature[] = [];
  for (;;) {
    // The body has at least one header, so that there is always one to look at.
    const header = await bytes(sectorBytes);
    const { name } = statedHeader(header);
    const keyId = name.slice(signaturePrefix.length);
    if (!name.startsWith(signaturePrefix)) break;
    const before = signatures.at(-1)?.keyId ?? "";
    if (!/^[0-9a-f]{64}$/.test(keyId)) bad("a signature is not named after a key");
    if (keyId <= before) bad("the signatures are not in order");
    if (signatures.length === signatureLimit) bad("it has too many signatures");
    if (!header.equals(ustarHeader({ name, size: signatureBytes }, mtime))) {
      bad("a signature's header is not as it must be");
    }
    signatures.push({ keyId, bytes: await content(signatureBytes, "a signature") });
  }
  return { manifest, signatures, mtime, size: offset - sectorBytes };
}

/** The bytes of a head. */
export function formatHead({ manifest, signatures, mtime }: Omit<Head, "size">): Buffer {
  const members: [string, Buffer][] = [
    [magicName, magic],
    [manifestName, manifest],
    ...[...signatures]
      .sort((a, b) => (a.keyId < b.keyId ? -1 : 1))
      .map(({ keyId, bytes }): [string, Buffer] => [signaturePrefix + keyId, bytes]),
  ];
  const head = Buffer.alloc(members.reduce((sum, [, { length }]) => sum + memberBytes(length), 0));
  let offset = 0;
  for (const [name, content] of members) {
    ustarHeader({ name, size: content.length }, mtime).copy(head, offset);
    content.copy(head, offset + sectorBytes);
    offset += memberBytes(content.length);
  }
  return head;
}
