import { crc32 } from "node:zlib";
import { encodeGuid } from "./guid.ts";

/** A partition as a GPT says it; the last sector belongs to it. */
export interface GptEntry {
  readonly type: string;
  readonly guid: string;
  readonly firstSector: number;
  readonly lastSector: number;
  /** Linux calls it PARTLABEL. At most 36 UTF-16 units. */
  readonly name: string;
}

/** A GPT on a disk of so many sectors of 512 bytes. */
export interface Gpt {
  readonly diskGuid: string;
  readonly sectors: number;
  readonly entries: readonly GptEntry[];
}

/** Bytes for a place on the disk, in sectors of 512. */
export interface TablePiece {
  readonly sector: number;
  readonly bytes: Buffer;
}

/* Offsets and sizes: UEFI specification 2.10, section 5.3. */
const sectorBytes = 512;
const headerBytes = 92;
const entryBytes = 128;
const entryCount = 128;
const entrySectors = (entryBytes * entryCount) / sectorBytes;
const nameOffset = 56;

/** Both copies of a GPT: header and entries behind the first sector, entries and header at the end. */
export function encodeGpt(gpt: Gpt): TablePiece[] {
  const entries = encodeEntries(gpt.entries);
  const last = gpt.sectors - 1;
  const header = (own: number, other: number, entriesAt: number) =>
    encodeHeader(gpt, { own, other, entriesAt, entriesSum: crc32(entries) });
  return [
    { sector: 1, bytes: header(1, last, 2) },
    { sector: 2, bytes: entries },
    { sector: last - entrySectors, bytes: entries },
    { sector: last, bytes: header(last, 1, last - entrySectors) },
  ];
}

function encodeEntries(entries: readonly GptEntry[]): Buffer {
  const table = Buffer.alloc(entryBytes * entryCount);
  for (const [index, { type, guid, firstSector, lastSector, name }] of entries.entries()) {
    const at = index * entryBytes;
    encodeGuid(type).copy(table, at);
    encodeGuid(guid).copy(table, at + 16);
    table.writeBigUInt64LE(BigInt(firstSector), at + 32);
    table.writeBigUInt64LE(BigInt(lastSector), at + 40);
    table.write(name, at + nameOffset, entryBytes - nameOffset, "utf16le");
  }
  return table;
}

interface HeaderPlaces {
  readonly own: number;
  readonly other: number;
  readonly entriesAt: number;
  readonly entriesSum: number;
}

function encodeHeader({ diskGuid, sectors }: Gpt, places: HeaderPlaces): Buffer {
  const header = Buffer.alloc(sectorBytes);
  header.write("EFI PART", 0, "latin1");
  header.writeUInt32LE(0x00010000, 8);
  header.writeUInt32LE(headerBytes, 12);
  header.writeBigUInt64LE(BigInt(places.own), 24);
  header.writeBigUInt64LE(BigInt(places.other), 32);
  header.writeBigUInt64LE(BigInt(2 + entrySectors), 40);
  header.writeBigUInt64LE(BigInt(sectors - 2 - entrySectors), 48);
  encodeGuid(diskGuid).copy(header, 56);
  header.writeBigUInt64LE(BigInt(places.entriesAt), 72);
  header.writeUInt32LE(entryCount, 80);
  header.writeUInt32LE(entryBytes, 84);
  header.writeUInt32LE(places.entriesSum, 88);
  header.writeUInt32LE(crc32(header.subarray(0, headerBytes)), 16);
  return header;
}
