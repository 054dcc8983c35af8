import { sectorBytes } from "./limits.ts";

/** A member of the archive: its name and how long its content is. */
export interface Member {
  readonly name: string;
  readonly size: number;
}

/** What comes after the last member. */
export const archiveEnd = Buffer.alloc(2 * sectorBytes);

/** The only header that a member may have; `mtime` in seconds. Every byte is prescribed. */
export function ustarHeader({ name, size }: Member, mtime: number): Buffer {
  const header = Buffer.alloc(sectorBytes);
  header.write(name, 0, 100, "latin1");
  header.write("0000444\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${octal(size)}\0`, 124);
  header.write(`${octal(mtime)}\0`, 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write("0000000\0", 329);
  header.write("0000000\0", 337);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Bytes of a member in the file: header, content and padding. */
export function memberBytes(size: number): number {
  return sectorBytes + padded(size);
}

export function padded(size: number): number {
  return Math.ceil(size / sectorBytes) * sectorBytes;
}

/** The zeros behind a content of this size. */
export function padding(size: number): Buffer {
  return Buffer.alloc(padded(size) - size);
}

/** Name, size and time that a header states; the caller compares it with the one they should have. */
export function statedHeader(header: Buffer): { name: string; size: number; mtime: number } {
  const name = header.toString("latin1", 0, 100).replace(/\0.*$/s, "");
  return { name, size: octalAt(header, 124), mtime: octalAt(header, 136) };
}

function octal(value: number): string {
  return value.toString(8).padStart(11, "0");
}

function octalAt(header: Buffer, offset: number): number {
  const digits = header.toString("latin1", offset, offset + 11);
  return /^[0-7]{11}$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}
