import { createReadStream } from "node:fs";
import { copyFile, link, mkdir, open, rm, symlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { dropParts, type Exec, isPibuildError, PibuildError, partBeside } from "@pibuild/core";
import { type CompressedImage, compressImage } from "../compress-image.ts";
import { SparseWriter } from "./sparse-writer.ts";
import { openZippedImage } from "./zip-image.ts";

/** What a disk image can be packed as; `.img.zip` is a `.zip`. */
export const packedEndings = [".img", ".img.xz", ".img.gz", ".img.zst", ".zip"] as const;

/** No card that a Raspberry Pi starts from holds more. */
const largestImage = 2 * 1024 ** 4;

export interface CollectOptions {
  /** A disk image, packed in one of `packedEndings`; it is read and not changed. */
  readonly packed: string;
  /** The `.img.xz` to write. */
  readonly output: string;
  /** From 0 (fast) to 9 (small). */
  readonly level: number;
  readonly sourceDateEpoch: number;
  readonly exec: Exec;
  /** More bytes than these are refused. Default: 2 TiB. */
  readonly limit?: number;
}

/**
 * Makes an `.img.xz` with its checksum of a disk image that is packed in another way. It is unpacked
 * once, beside the result, and holes stay holes. Nothing of it appears under its name before it is whole.
 * Throws VERIFY_FAILED for a file that is not what its name says.
 */
export async function collectImage(options: CollectOptions): Promise<CompressedImage> {
  const { packed, output, level, sourceDateEpoch, exec, limit = largestImage } = options;
  const unpacked = `${output}.unpacked`;
  await mkdir(dirname(output), { recursive: true });
  await dropParts(unpacked);
  const scratch = partBeside(unpacked);
  await mkdir(scratch, { mode: 0o700 });
  try {
    const image = join(scratch, "image.img");
    await unpack(exec, packed, image, limit);
    return await compressImage({ image, output, level, sourceDateEpoch, exec });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function unpack(exec: Exec, packed: string, image: string, limit: number): Promise<void> {
  if (packed.endsWith(".img.xz")) return await unpackXz(exec, packed, image);
  if (packed.endsWith(".zip")) {
    await using zipped = await openZippedImage(packed);
    if (zipped.bytes > limit) throw damaged(packed, `it says it is ${zipped.bytes} bytes long`);
    const written = await write(packed, [zipped.stream], image, limit);
    if (written.crc32 !== zipped.crc32)
      throw damaged(packed, "its bytes are not those of its CRC-32");
    return;
  }
  const bytes = createReadStream(packed);
  if (packed.endsWith(".img.gz")) {
    await write(packed, [bytes, createGunzip()], image, limit);
    return;
  }
  if (packed.endsWith(".img.zst")) {
    await write(packed, [bytes, createZstdDecompress()], image, limit);
    return;
  }
  bytes.destroy();
  await link(packed, image).catch(() => copyFile(packed, image));
}

async function write(
  packed: string,
  streams: readonly (Readable | Duplex)[],
  image: string,
  limit: number,
): Promise<{ readonly crc32: number }> {
  const file = await open(image, "wx");
  try {
    const writer = new SparseWriter(file, limit);
    await pipeline([...streams, writer]);
    await file.truncate(writer.bytes);
    return writer;
  } catch (error) {
    if (error instanceof PibuildError || !(error instanceof Error)) throw error;
    throw damaged(packed, error.message);
  } finally {
    await file.close();
  }
}

/** xz writes beside its input, and leaves holes by itself. */
async function unpackXz(exec: Exec, packed: string, image: string): Promise<void> {
  await symlink(resolve(packed), `${image}.xz`);
  const args = ["--decompress", "--keep", "--force", `${basename(image)}.xz`];
  try {
    await exec.run({ program: "xz", args, cwd: join(image, "..") });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    throw damaged(packed, error.data.tail.at(-1) ?? "xz failed");
  }
}

function damaged(packed: string, detail: string): PibuildError {
  return new PibuildError("VERIFY_FAILED", {
    what: `\`${packed}\` should unpack to a disk image`,
    detail,
  });
}
