import type { Entry, EntryBlob } from "@pibuild/cache";
import type { Image } from "@pibuild/config";
import type { Sha256 } from "@pibuild/core";
import type { ProducedFile } from "../manifest.ts";
import { keyOf, type TargetInputs } from "../named-inputs.ts";
import type { FileTarget } from "../target.ts";

/** How a file is sent: as it is, or as zstd, for one that is mostly holes. */
export type Packing = "none" | "zstd";

/** One of a target's files, and the blob that it comes from. */
export interface SharedFile extends ProducedFile {
  readonly packing: Packing;
  /** The digest of what is sent. */
  readonly blob: Sha256;
}

/** What a remote cache says of a target's files. */
export interface ResultRecord {
  readonly version: 1;
  readonly image: string;
  readonly target: string;
  /** They vouch for the key. */
  readonly inputs: TargetInputs;
  readonly files: readonly SharedFile[];
}

/** A file together with the blob that it comes from. */
export interface OfferedFile {
  readonly file: SharedFile;
  readonly blob: EntryBlob;
}

/**
 * The files that a record offers for a target; undefined where it is no such record. Only names that the
 * target itself has are taken: a record cannot say where something is written.
 */
export function offeredFiles(
  { about, blobs, key }: Entry,
  target: FileTarget,
  image: Image,
): OfferedFile[] | undefined {
  try {
    const { version, target: name, inputs, files } = about as ResultRecord;
    if (version !== 1 || name !== target.name || keyOf(name, inputs) !== key) return undefined;
    const names = files.map(({ path }) => path).sort();
    if (JSON.stringify(names) !== JSON.stringify([...target.outputs(image)].sort()))
      return undefined;
    const offered = files.flatMap((file) => {
      const blob = blobs.find(({ digest }) => digest === file.blob);
      return blob !== undefined && isWhole(file) ? [{ file, blob }] : [];
    });
    return offered.length === files.length ? offered : undefined;
  } catch {
    return undefined;
  }
}

function isWhole({ bytes, sha256, packing, blob }: SharedFile): boolean {
  return (
    Number.isSafeInteger(bytes) &&
    bytes >= 0 &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    (packing === "zstd" || (packing === "none" && blob === sha256))
  );
}
