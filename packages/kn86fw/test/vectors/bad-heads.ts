import { canonicalJson } from "@pibuild/core";
import { manifestBytes } from "../../src/format/manifest.ts";
import { ustarHeader } from "../../src/format/ustar.ts";
import { bodyOf, forge, headOf, type Pieces } from "../forge.ts";
import { testSigners } from "../keys.ts";

const { first, second, stranger } = testSigners;
const sector = 512;

/** Payloads whose head is wrong, by name; the first word of a name is the refusal. */
export async function badHeads(good: Buffer, pieces: Pieces): Promise<Record<string, Buffer>> {
  const { manifest } = pieces;
  const { createdAt } = manifest;
  const body = bodyOf(pieces.contents, createdAt);
  const text = manifestBytes(manifest);
  const headed = async (bytes: Buffer, signers = [first]) =>
    Buffer.concat([await headOf(bytes, signers, createdAt), body]);
  const changed = (edit: (copy: Buffer) => void) => {
    const copy = Buffer.from(good);
    edit(copy);
    return copy;
  };
  const twice = await headed(text, [first, second]);
  const signature = (index: number) => {
    const start = twice.length - body.length - (2 - index) * 2 * sector;
    return twice.subarray(start, start + 2 * sector);
  };
  const unsigned = await headed(text, []);
  const headEnd = unsigned.length - body.length;
  const older = Buffer.from(text.toString().replace('"securityEpoch":3', '"securityEpoch":9'));
  return {
    "format-empty": Buffer.alloc(0),
    "format-truncated-head": good.subarray(0, 1200),
    "format-magic": changed((copy) => copy.write("kn86fw/3\n", sector)),
    "format-header": changed((copy) => copy.write("0000644", 2 * sector + 100)),
    "format-first-member": changed((copy) => copy.write("kn86fX", 0)),
    "format-padding": changed((copy) => copy.write("x", 2 * sector - 1)),
    "format-manifest-too-long": changed((copy) =>
      ustarHeader({ name: "manifest.json", size: 65537 }, createdAt).copy(copy, 2 * sector),
    ),
    "format-signatures-reordered": Buffer.concat([
      unsigned.subarray(0, headEnd),
      signature(1),
      signature(0),
      body,
    ]),
    "format-signature-duplicated": Buffer.concat([
      unsigned.subarray(0, headEnd),
      signature(0),
      signature(0),
      body,
    ]),
    unsigned,
    "key-stranger": await headed(text, [stranger]),
    "signature-changed-manifest": Buffer.concat([
      await headOf(text, [first], createdAt).then((head) => {
        const copy = Buffer.from(head);
        copy.set(older, 3 * sector);
        return copy;
      }),
      body,
    ]),
    "signature-changed": changed((copy) => {
      const at = good.length - body.length - sector;
      copy[at] = (copy[at] as number) ^ 1;
    }),
    "signature-one-of-two": (() => {
      const copy = Buffer.from(twice);
      const at = copy.length - body.length - sector;
      copy[at] = (copy[at] as number) ^ 1;
      return copy;
    })(),
    "manifest-not-canonical": await headed(Buffer.from(`${text}\n`)),
    "manifest-not-json": await headed(Buffer.from("{")),
    "manifest-unknown-field": await forge(pieces, {
      signers: [first],
      editManifest: (whole) => ({ ...whole, extra: 1 }),
    }),
    "manifest-missing-field": await headed(
      Buffer.from(canonicalJson({ ...manifest, layout: undefined })),
    ),
    "manifest-fraction": await forge(pieces, {
      signers: [first],
      editText: (whole) => whole.replace('"securityEpoch":3', '"securityEpoch":3.5'),
    }),
    "manifest-other-format": await forge(pieces, {
      signers: [first],
      editText: (whole) => whole.replace("kn86fw/2", "kn86fw/3"),
    }),
    "manifest-time-is-not-the-headers": await forge(pieces, {
      signers: [first],
      editManifest: (whole) => ({ ...whole, createdAt: whole.createdAt + 1 }),
    }),
    "manifest-image-larger-than-slot": await forge(pieces, {
      signers: [first],
      editManifest: (whole) => ({
        ...whole,
        images: { ...whole.images, root: { ...whole.images.root, slot: 65536 } },
      }),
    }),
    "manifest-body-size": await forge(pieces, {
      signers: [first],
      editManifest: (whole) => ({ ...whole, body: { ...whole.body, size: whole.body.size + 512 } }),
    }),
  };
}
