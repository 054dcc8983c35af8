import type { IndexLine } from "../format/index-lines.ts";
import { blockBytes } from "../format/limits.ts";
import type { ImageName } from "../format/manifest.ts";
import type { Payload } from "../read/open-payload.ts";
import { readChunks } from "../read/read-chunks.ts";
import type { Source } from "../read/source.ts";

/** An image of a full payload, decompressed as it is read; each chunk is checked. */
export function payloadImage(
  payload: Payload,
  name: ImageName,
  lines: readonly IndexLine[],
): Source {
  const { size } = payload.manifest.images[name];
  const { chunkSize } = payload.manifest;
  return {
    name: `${payload.source.name} (${name})`,
    size,
    async read(offset, length) {
      const first = Math.floor(offset / chunkSize);
      const last = Math.ceil((offset + length) / chunkSize);
      const wanted = lines.slice(first, last);
      const parts: Buffer[] = [];
      for await (const { bytes } of readChunks(payload, name, wanted)) parts.push(bytes);
      const start = offset - (wanted[0]?.block ?? 0) * blockBytes;
      const all = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      return all.subarray(start, start + length);
    },
  };
}
