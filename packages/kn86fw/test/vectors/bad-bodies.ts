import { zstdCompressSync } from "node:zlib";
import { cmdlineForm } from "../../src/format/cmdline-form.ts";
import { manifestBytes } from "../../src/format/manifest.ts";
import { bodyOf, forge, headOf, type Pieces, withContent } from "../forge.ts";
import { testSigners } from "../keys.ts";

const signers = [testSigners.first];

/** Payloads whose body is wrong, by name; the first word of a name is the refusal. */
export async function badBodies(good: Buffer, pieces: Pieces): Promise<Record<string, Buffer>> {
  const { manifest, contents } = pieces;
  const { createdAt } = manifest;
  const head = await headOf(manifestBytes(manifest), signers, createdAt);
  const changed = (at: number) => {
    const copy = Buffer.from(good);
    copy[at] = (copy[at] as number) ^ 1;
    return copy;
  };
  const [a, b, indexBoot, indexRoot, dataRoot, dataBoot] = contents as Required<typeof contents>;
  if (!a || !b || !indexBoot || !indexRoot || !dataRoot || !dataBoot)
    throw new Error("six members");
  const ordered = (...members: Pieces["contents"]) =>
    Buffer.concat([head, bodyOf(members, createdAt)]);
  const index = (edit: (text: string) => string) =>
    forge(
      withContent(pieces, "index/root", (bytes) => Buffer.from(edit(bytes.toString()))),
      { signers },
    );
  const lines = indexRoot[1].toString().split("\n");
  return {
    "size-truncated": good.subarray(0, good.length - 512),
    "size-one-byte-short": good.subarray(0, good.length - 1),
    "size-appended-zeros": Buffer.concat([good, Buffer.alloc(512)]),
    "size-appended-member": Buffer.concat([good, good.subarray(0, 1024)]),
    "size-duplicated-member": ordered(a, b, indexBoot, indexRoot, dataRoot, dataRoot, dataBoot),
    "size-missing-member": ordered(a, b, indexBoot, indexRoot, dataRoot),
    "body-reordered": ordered(a, b, indexBoot, indexRoot, dataBoot, dataRoot),
    "body-slots-swapped": ordered(["cmdline/a", b[1]], ["cmdline/b", a[1]], ...contents.slice(2)),
    "body-changed-data": changed(good.length - 1024 - 512 - 100),
    "body-changed-header": changed(head.length + 100),
    "body-changed-end": changed(good.length - 1),
    "index-gap": await index((text) => text.replace(lines[1] ?? "", lines[2] ?? "")),
    "index-too-short": await index((text) => `${text.split("\n").slice(0, -2).join("\n")}\n`),
    "index-no-end": await index((text) => text.slice(0, -1)),
    "index-unknown-op": await index((text) => text.replace(/^d/, "x")),
    "index-leading-zero": await index((text) => text.replace(/^d 0 /, "d 00 ")),
    "index-copy-without-base": await index((text) =>
      text.replace(/^d (.*) \d+ \d+\n/, "c $1 0 -\n"),
    ),
    "index-frame-too-long": await index((text) => text.replace(/ (\d+)\n/, " 99999\n")),
    "index-cmdline-form": await forge(
      withContent(pieces, "cmdline/b", () =>
        Buffer.from(cmdlineForm("x").toString().replace(/ /g, "\0")),
      ),
      { signers },
    ),
    "chunk-other-bytes": await reframed(pieces, (raw) => Buffer.alloc(raw, "y")),
    "chunk-too-many-bytes": await reframed(pieces, () => Buffer.alloc(8 * 1024 ** 2, "y")),
    "chunk-too-few-bytes": await reframed(pieces, (raw) => Buffer.alloc(raw - 1, "y")),
    "chunk-no-frame": await reframed(pieces, () => undefined),
  };
}

/** The last frame of the root in place of which another stands; only its content is wrong. */
async function reframed(
  pieces: Pieces,
  make: (raw: number) => Buffer | undefined,
): Promise<Buffer> {
  const text = new Map(pieces.contents).get("index/root")?.toString() ?? "";
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  const [op, block, count, sha256, offset] = last.split(" ");
  const raw = make(Number(count) * 4096);
  const frame =
    raw === undefined
      ? Buffer.from("no frame")
      : zstdCompressSync(raw, { pledgedSrcSize: raw.length });
  const data = withContent(pieces, "data/root.zst", (bytes) =>
    Buffer.concat([bytes.subarray(0, Number(offset)), frame]),
  );
  const line = [op, block, count, sha256, offset, frame.length].join(" ");
  return forge(
    withContent(data, "index/root", () => Buffer.from(text.replace(last, line))),
    { signers },
  );
}
