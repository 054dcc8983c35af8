import { crc32 } from "node:zlib";
import { MiB } from "../layout/units.ts";
import { decodeGuid } from "../table/guid.ts";
import type { DiskReader } from "./disk-reader.ts";
import type { GptDamage, SeenPartition, TableProblem, TableView } from "./seen.ts";

const sectorBytes = 512;
const minHeaderBytes = 92;
const minEntryBytes = 128;
/** Many times what any tool writes: a damaged header must not ask for more. */
const maxEntriesBytes = MiB;
const maxEntries = 1024;
const nameOffset = 56;
/** What a terminal must not get, and halves of pairs. */
const unprintable = /[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]/g;

/** The GPT of a disk, with what is wrong with either copy; undefined where both are unusable. */
export interface ReadGpt {
  readonly view: TableView | undefined;
  readonly problems: readonly TableProblem[];
}

/** Reads both copies of a GPT, and takes the first that is whole, as Linux does. */
export async function readGpt(disk: DiskReader): Promise<ReadGpt> {
  const lastSector = Math.floor(disk.sizeBytes / sectorBytes) - 1;
  const primary = await readCopy(disk, 1);
  // An image on a larger disk has its second copy where the image ended; the first one says so.
  const backup = await readCopy(disk, primary.ok ? primary.other : lastSector);
  const problems: TableProblem[] = [];
  if (!primary.ok) problems.push({ kind: "gpt-damaged", copy: "primary", why: primary.why });
  if (!backup.ok) problems.push({ kind: "gpt-damaged", copy: "backup", why: backup.why });
  const view = primary.ok ? primary.view : backup.ok ? backup.view : undefined;
  return { view, problems };
}

type Copy =
  | { readonly ok: true; readonly view: TableView; readonly other: number }
  | { readonly ok: false; readonly why: GptDamage };

async function readCopy(disk: DiskReader, sector: number): Promise<Copy> {
  // A disk of less than two sectors has no last one that could hold a copy.
  if (sector < 1) return { ok: false, why: "place" };
  const header = await disk.read(sector * sectorBytes, sectorBytes);
  if (header.length < sectorBytes || header.toString("latin1", 0, 8) !== "EFI PART") {
    return { ok: false, why: "signature" };
  }
  const headerBytes = header.readUInt32LE(12);
  if (headerBytes < minHeaderBytes || headerBytes > sectorBytes) return { ok: false, why: "size" };
  const copy = Buffer.from(header.subarray(0, headerBytes));
  copy.writeUInt32LE(0, 16);
  if (crc32(copy) !== header.readUInt32LE(16)) return { ok: false, why: "header checksum" };
  if (numberAt(header, 24) !== sector) return { ok: false, why: "place" };
  const count = header.readUInt32LE(80);
  const entryBytes = header.readUInt32LE(84);
  if (count > maxEntries || entryBytes < minEntryBytes || count * entryBytes > maxEntriesBytes) {
    return { ok: false, why: "size" };
  }
  const entries = await disk.read(numberAt(header, 72) * sectorBytes, count * entryBytes);
  if (entries.length < count * entryBytes || crc32(entries) !== header.readUInt32LE(88)) {
    return { ok: false, why: "entries checksum" };
  }
  const partitions = Array.from({ length: count }, (_, index) =>
    entryOf(entries.subarray(index * entryBytes, (index + 1) * entryBytes), index + 1),
  ).filter((entry) => entry !== undefined);
  const view = { id: decodeGuid(header.subarray(56)), partitions };
  return { ok: true, view, other: numberAt(header, 32) };
}

function entryOf(bytes: Buffer, number: number): SeenPartition | undefined {
  const type = decodeGuid(bytes);
  if (/^[0-]+$/.test(type)) return undefined;
  const first = numberAt(bytes, 32);
  const name = bytes.toString("utf16le", nameOffset, minEntryBytes).split("\0")[0] ?? "";
  return {
    number,
    startBytes: first * sectorBytes,
    sizeBytes: (numberAt(bytes, 40) - first + 1) * sectorBytes,
    type,
    partuuid: decodeGuid(bytes.subarray(16)),
    ...(name === "" ? {} : { name: name.replace(unprintable, "?") }),
  };
}

/** 64 bits as a double: rounded where it is far beyond any disk, which the checks then refuse. */
function numberAt(bytes: Buffer, offset: number): number {
  return Math.min(Number(bytes.readBigUInt64LE(offset)), Number.MAX_SAFE_INTEGER / sectorBytes);
}
