import type { Readable } from "node:stream";
import { PibuildError } from "@pibuild/core";
import * as yauzl from "yauzl";

/** A stream of the first disk image in a zip file, zip64 or not, and how long it says it is. */
export interface ZippedImage extends AsyncDisposable {
  readonly stream: Readable;
  readonly bytes: number;
  /** The CRC-32 that the zip file says; its reader compares the length alone. */
  readonly crc32: number;
}

/** Throws VERIFY_FAILED for a file that is no zip file, or holds no image that can be read. */
export async function openZippedImage(path: string): Promise<ZippedImage> {
  const zip = await yauzl
    .openPromise(path)
    .catch((error: Error) => fail(path, `it is no zip file: ${error.message}`));
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith(".img")) continue;
      const stream = await zip.openReadStreamPromise(entry);
      return {
        ...{ stream, bytes: entry.uncompressedSize, crc32: entry.crc32 },
        async [Symbol.asyncDispose]() {
          stream.destroy();
          zip.close();
        },
      };
    }
  } catch (error) {
    zip.close();
    fail(path, error instanceof Error ? error.message : String(error));
  }
  zip.close();
  return fail(path, "no file in it ends with .img");
}

function fail(path: string, detail: string): never {
  throw new PibuildError("VERIFY_FAILED", { what: `\`${path}\` should hold a disk image`, detail });
}
