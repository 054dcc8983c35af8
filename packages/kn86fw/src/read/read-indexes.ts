import { sha256Of } from "../format/chunk.ts";
import { isCmdlineForm } from "../format/cmdline-form.ts";
import { type IndexLine, parseIndex, unlikeBlocks } from "../format/index-lines.ts";
import { sectorBytes } from "../format/limits.ts";
import type { ImageName, Slot } from "../format/manifest.ts";
import { archiveEnd, padded, ustarHeader } from "../format/ustar.ts";
import { refuse } from "../refuse.ts";
import type { Payload } from "./open-payload.ts";

/** What the body says of itself, checked against the manifest. */
export interface Indexes {
  readonly boot: readonly IndexLine[];
  readonly root: readonly IndexLine[];
  readonly cmdline: { readonly a: Buffer; readonly b: Buffer };
}

/** Reads headers, indexes and both `cmdline.txt`; refuses (`index`) what has not the right form. */
export async function readIndexes(payload: Payload): Promise<Indexes> {
  await checkFrame(payload);
  const [boot, root] = [await readIndex(payload, "boot"), await readIndex(payload, "root")];
  const [a, b] = [await readCmdline(payload, "a"), await readCmdline(payload, "b")];
  return { boot, root, cmdline: { a, b } };
}

/** Headers, paddings and the end: bytes that follow from the manifest. */
async function checkFrame({ source, head, members, manifest }: Payload): Promise<void> {
  for (const member of members) {
    const { name, size } = member;
    const content = head.size + member.offset;
    const header = await source.read(content - sectorBytes, sectorBytes);
    if (!header.equals(ustarHeader(member, manifest.createdAt))) {
      refuse(source.name, "index", `there is no member \`${name}\` where it must be`);
    }
    const rest = await source.read(content + size, padded(size) - size);
    if (rest.some((byte) => byte !== 0)) refuse(source.name, "index", `\`${name}\` is not padded`);
  }
  const end = await source.read(source.size - archiveEnd.length, archiveEnd.length);
  if (!end.equals(archiveEnd)) refuse(source.name, "index", "its end is not empty");
}

async function readIndex(payload: Payload, image: ImageName): Promise<IndexLine[]> {
  const { source, manifest } = payload;
  const { images, chunkSize, base } = manifest;
  const { offset, size } = payload.member(`index/${image}`);
  const bytes = await source.read(offset, size);
  if (sha256Of(bytes) !== images[image].index.sha256) {
    refuse(source.name, "index", `\`index/${image}\` is not what was signed`);
  }
  const lines = parseIndex(bytes.toString("latin1"), {
    chunkSize,
    size: images[image].size,
    data: images[image].data,
    ...(base === undefined
      ? {}
      : { base: base[image].size, forbidden: image === "boot" ? unlikeBlocks(base) : [] }),
  });
  if ("problem" in lines) {
    return refuse(source.name, "index", `\`index/${image}\`: ${lines.problem}`);
  }
  return lines;
}

async function readCmdline(payload: Payload, slot: Slot): Promise<Buffer> {
  const { source, manifest } = payload;
  const { offset, size } = payload.member(`cmdline/${slot}`);
  const bytes = await source.read(offset, size);
  if (sha256Of(bytes) !== manifest.cmdline[slot].sha256 || !isCmdlineForm(bytes)) {
    refuse(source.name, "index", `\`cmdline/${slot}\` is not what was signed`);
  }
  return bytes;
}
