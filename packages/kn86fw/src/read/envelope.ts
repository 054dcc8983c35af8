import type { Source } from "./source.ts";

/** Something that payloads may be wrapped in, such as the header of version 1. */
export interface Envelope {
  readonly name: string;
  /** Where the payload is in the file, or nothing where the file is not so wrapped. */
  find(file: Source): Promise<{ readonly offset: number; readonly size: number } | undefined>;
}

/** The payload in a file: all of it, or what the first envelope that knows the file says. */
export async function unwrap(file: Source, envelopes: readonly Envelope[]): Promise<Source> {
  for (const envelope of envelopes) {
    const place = await envelope.find(file);
    if (place === undefined) continue;
    const { offset, size } = place;
    return {
      name: file.name,
      size: Math.max(0, Math.min(size, file.size - offset)),
      read: (from, length) => file.read(offset + from, length),
    };
  }
  return file;
}
