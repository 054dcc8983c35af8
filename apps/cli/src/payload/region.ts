import type { FileRegion } from "@pibuild/kn86fw";

/** A partition on the command line: `/dev/sdb3`, a file, or `card.img@OFFSET+SIZE` in bytes. */
export function parseRegion(text: string): FileRegion {
  const [, path, offset, size] = /^(.+)@(\d{1,15})\+(\d{1,15})$/.exec(text) ?? [];
  if (path === undefined) return { path: text };
  return { path, offset: Number(offset), size: Number(size) };
}
