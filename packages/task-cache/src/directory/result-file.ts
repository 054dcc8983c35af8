import { type FileHandle, open } from "node:fs/promises";
import { canonicalJson, type Sha256 } from "@pibuild/core";
import type { ResultNotes } from "../results.ts";

/** What a result's file says of itself, in a line of JSON before the result's own bytes. */
export interface ResultHeader {
  readonly version: 1;
  readonly sha256: Sha256;
  readonly bytes: number;
  readonly notes: ResultNotes;
}

/** A header with all of Turborepo's notes is far shorter. */
const longest = 16 * 1024;

/** The bytes before a result's own. */
export function headerLine(header: Omit<ResultHeader, "version">): Buffer {
  return Buffer.from(`${canonicalJson({ version: 1, ...header })}\n`);
}

/** The header of a result's file and its length, unless it is damaged or of a version that is not known here. */
export async function readHeader(
  path: string,
): Promise<{ readonly header: ResultHeader; readonly length: number } | undefined> {
  try {
    await using file = await open(path, "r");
    const first = await beginning(file);
    const end = first.indexOf("\n");
    if (end < 0) return undefined;
    const header: unknown = JSON.parse(first.toString("utf8", 0, end));
    return isHeader(header) ? { header, length: end + 1 } : undefined;
  } catch {
    return undefined;
  }
}

async function beginning(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(longest), 0, longest, 0);
  return buffer.subarray(0, bytesRead);
}

function isHeader(value: unknown): value is ResultHeader {
  const { version, sha256, bytes, notes } = (value ?? {}) as Partial<ResultHeader>;
  return (
    version === 1 &&
    typeof sha256 === "string" &&
    Number.isSafeInteger(bytes) &&
    typeof notes === "object" &&
    notes !== null &&
    Object.values(notes).every((note) => typeof note === "string")
  );
}
