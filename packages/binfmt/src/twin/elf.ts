/** The little of an ELF file that grafting needs; 64 bit, little-endian. See elf(5). */
export interface Elf {
  readonly bytes: Buffer;
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly type: number;
  /** Position of its program header in the file. */
  readonly header: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

export const segmentType = { load: 1, dynamic: 2, interpreter: 3, note: 4 } as const;
const dynamicTag = { null: 0, needed: 1, stringTable: 5 } as const;
const buildIdNote = 3;

/** Reads the headers; undefined where the file is not such an ELF file. */
export function readElf(bytes: Buffer): Elf | undefined {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) return undefined;
  if (bytes[4] !== 2 || bytes[5] !== 1) return undefined;
  const table = Number(bytes.readBigUInt64LE(32));
  const entrySize = bytes.readUInt16LE(54);
  const count = bytes.readUInt16LE(56);
  if (table + count * entrySize > bytes.length) return undefined;
  const segments = Array.from({ length: count }, (_, index): Segment => {
    const header = table + index * entrySize;
    return {
      type: bytes.readUInt32LE(header),
      header,
      offset: Number(bytes.readBigUInt64LE(header + 8)),
      address: Number(bytes.readBigUInt64LE(header + 16)),
      size: Number(bytes.readBigUInt64LE(header + 32)),
    };
  });
  return { bytes, segments };
}

/** The linker's hash over the program's content, in hexadecimal. */
export function buildId({ bytes, segments }: Elf): string | undefined {
  for (const { type, offset, size } of segments) {
    if (type !== segmentType.note) continue;
    for (let at = offset; at + 16 <= offset + size; ) {
      const nameSize = align(bytes.readUInt32LE(at));
      const contentSize = bytes.readUInt32LE(at + 4);
      const content = at + 12 + nameSize;
      const isGnu = bytes.toString("latin1", at + 12, at + 16) === "GNU\0";
      if (isGnu && bytes.readUInt32LE(at + 8) === buildIdNote)
        return bytes.toString("hex", content, content + contentSize);
      at = content + align(contentSize);
    }
  }
  return undefined;
}

/** Names of the libraries that the loader brings along. */
export function neededLibraries(elf: Elf): string[] {
  const dynamic = readDynamic(elf);
  return dynamic.entries
    .filter(({ tag }) => tag === dynamicTag.needed)
    .map(({ value }) => readText(elf.bytes, dynamic.strings + value));
}

/**
 * Makes the loader load one more library, before all others. Its name must stand in the program's
 * table of names already. False where the table of libraries has no room.
 */
export function needFirst(elf: Elf, name: string): boolean {
  const { entries, strings, offset, size } = readDynamic(elf);
  const at = elf.bytes.indexOf(`\0${name}\0`, strings, "latin1");
  const used = entries.findIndex(({ tag }) => tag === dynamicTag.null);
  if (at === -1 || used === -1 || (used + 2) * 16 > size) return false;
  elf.bytes.copyWithin(offset + 16, offset, offset + used * 16);
  elf.bytes.writeBigUInt64LE(BigInt(dynamicTag.needed), offset);
  elf.bytes.writeBigUInt64LE(BigInt(at + 1 - strings), offset + 8);
  return true;
}

interface Dynamic {
  readonly entries: readonly { tag: number; value: number }[];
  /** Positions in the file. */
  readonly strings: number;
  readonly offset: number;
  readonly size: number;
}

function readDynamic({ bytes, segments }: Elf): Dynamic {
  const segment = segments.find(({ type }) => type === segmentType.dynamic);
  if (segment === undefined) return { entries: [], strings: 0, offset: 0, size: 0 };
  const { offset, size } = segment;
  const entries = Array.from({ length: Math.floor(size / 16) }, (_, index) => ({
    tag: Number(bytes.readBigUInt64LE(offset + index * 16)),
    value: Number(bytes.readBigUInt64LE(offset + index * 16 + 8)),
  }));
  const address = entries.find(({ tag }) => tag === dynamicTag.stringTable)?.value ?? 0;
  const load = segments.find(
    (candidate) =>
      candidate.type === segmentType.load &&
      address >= candidate.address &&
      address < candidate.address + candidate.size,
  );
  const strings = load === undefined ? 0 : load.offset + address - load.address;
  return { entries, strings, offset, size };
}

function readText(bytes: Buffer, at: number): string {
  return bytes.toString("latin1", at, bytes.indexOf(0, at));
}

function align(size: number): number {
  return Math.ceil(size / 4) * 4;
}
