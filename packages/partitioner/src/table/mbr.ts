import { PibuildError } from "@pibuild/core";

/** A partition as an MBR says it. Places and lengths are in sectors of 512 bytes. */
export interface MbrEntry {
  readonly type: number;
  readonly startSector: number;
  readonly sectors: number;
}

/** The first sector of a disk: an id (8 hexadecimal digits) and up to four entries, of which some may be free. */
export interface Mbr {
  readonly diskId: string;
  readonly entries: readonly (MbrEntry | undefined)[];
}

/* Offsets of the "modern standard MBR": UEFI specification 2.10, table 5.1 and 5.2. */
const mbrBytes = 512;
const diskIdOffset = 440;
const tableOffset = 446;
const entryBytes = 16;
const signatureOffset = 510;
const signature = 0xaa55;

/** Cylinder, head and sector of what lies beyond their reach, as every partitioning tool fills it. */
const chsOverflow = [0xfe, 0xff, 0xff] as const;

/**
 * Boot code that tells a PC's BIOS that nothing here boots (`int 0x18`), and stops. A Raspberry Pi runs
 * none. It is here for parted: libparted/labels/dos.c fills a sector whose first byte is 0 with code of
 * its own before it writes, and the disk's id is lost with it, and so each PARTUUID.
 */
const bootCode = [0xcd, 0x18, 0xf4, 0xeb, 0xfd] as const;

/** The 512 bytes of an MBR. */
export function encodeMbr({ diskId, entries }: Mbr): Buffer {
  const sector = encodeEntries(entries);
  sector.set(bootCode);
  sector.writeUInt32LE(Number.parseInt(diskId, 16), diskIdOffset);
  return sector;
}

/** The 512 bytes of a link in the chain of logical partitions, which has neither id nor boot code. */
export function encodeEbr(entries: Mbr["entries"]): Buffer {
  return encodeEntries(entries);
}

function encodeEntries(entries: Mbr["entries"]): Buffer {
  const sector = Buffer.alloc(mbrBytes);
  for (const [index, entry] of entries.entries()) {
    if (entry === undefined) continue;
    const { type, startSector, sectors } = entry;
    const at = tableOffset + index * entryBytes;
    sector.set(chsOverflow, at + 1);
    sector.writeUInt8(type, at + 4);
    sector.set(chsOverflow, at + 5);
    sector.writeUInt32LE(startSector, at + 8);
    sector.writeUInt32LE(sectors, at + 12);
  }
  sector.writeUInt16LE(signature, signatureOffset);
  return sector;
}

/** Reads the first sector of a disk; free entries at the end are left out. Throws VERIFY_FAILED where it is no MBR. */
export function decodeMbr(sector: Uint8Array): Mbr {
  const bytes = Buffer.from(sector.buffer, sector.byteOffset, sector.byteLength);
  if (bytes.length < mbrBytes || bytes.readUInt16LE(signatureOffset) !== signature) {
    throw new PibuildError("VERIFY_FAILED", {
      what: "partition table",
      detail: "the first sector does not end in 55 aa",
    });
  }
  const entries = [0, 1, 2, 3].map((index) => {
    const at = tableOffset + index * entryBytes;
    const type = bytes.readUInt8(at + 4);
    if (type === 0) return undefined;
    return { type, startSector: bytes.readUInt32LE(at + 8), sectors: bytes.readUInt32LE(at + 12) };
  });
  return {
    diskId: bytes.readUInt32LE(diskIdOffset).toString(16).padStart(8, "0"),
    entries: entries.slice(0, entries.findLastIndex((entry) => entry !== undefined) + 1),
  };
}
