import { chmod, mkdir, open, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { dropParts, type Exec, partBeside, sha256 } from "@pibuild/core";
import { type Artifact, measure } from "./artifact.ts";
import { checksumText } from "./checksum-file.ts";
import { watchReading } from "./watch-reading.ts";
import { xzArguments } from "./xz-arguments.ts";

export interface CompressOptions {
  /** The raw disk image; it is read and not changed. */
  readonly image: string;
  /** The `.img.xz` to write. Its directory is made where it does not exist. */
  readonly output: string;
  /** From 0 (fast) to 9 (small). */
  readonly level: number;
  readonly exec: Exec;
  /** Seconds since 1970 that the files' time is set to. */
  readonly sourceDateEpoch: number;
  /** The raw image, where it was measured before: then it is not read for that again. */
  readonly measured?: Artifact;
  /** The mode of the `.img.xz`. Default: 0o644. */
  readonly mode?: number;
  /** Called now and then with how many bytes of the raw image are read. */
  readonly onRead?: (bytes: number) => void;
  /** Default: what cores and memory allow. At least 2; the bytes do not depend on it. */
  readonly threads?: number;
}

export interface CompressedImage {
  /** The `.img.xz`, and beside it `<name>.sha256` for `sha256sum --check`. */
  readonly artifacts: readonly [xz: Artifact, checksum: Artifact];
  /** The raw image, as Raspberry Pi Imager wants to know it. */
  readonly image: Artifact;
}

/**
 * Compresses a disk image. All is made in a directory beside it and moved to its name at the very end,
 * so a run that fails or is killed leaves what was there before. One run per output at a time.
 */
export async function compressImage(options: CompressOptions): Promise<CompressedImage> {
  const { image, output, level, exec, sourceDateEpoch, threads, measured, mode = 0o644 } = options;
  const { onRead = () => undefined } = options;
  const scratch = partBeside(output);
  const name = basename(output);
  await mkdir(dirname(output), { recursive: true });
  await dropParts(output);
  await mkdir(scratch, { mode: 0o700 });
  const reading: Disposable[] = [];
  try {
    // xz writes beside its input, under the input's name: a link brings the input here. `--force`
    // is what lets it follow links; there is nothing here that it could overwrite.
    await symlink(resolve(image), join(scratch, "image"));
    const xz = exec.run({
      program: "xz",
      args: [...xzArguments(level, threads), "--keep", "--force", "--suffix=.xz", "image"],
      cwd: scratch,
      onStart: (pid) => reading.push(watchReading({ pid, path: image }, onRead)),
    });
    // xz must have ended before the scratch directory goes, also where reading the image failed.
    const [compressed, raw] = await Promise.allSettled([xz, measured ?? measure(image)]);
    if (compressed.status === "rejected") throw compressed.reason;
    if (raw.status === "rejected") throw raw.reason;
    const packed = await measure(join(scratch, "image.xz"));
    const checksum = checksumText(packed.sha256, name);
    await writeFile(join(scratch, "checksum"), checksum);
    await finish(join(scratch, "image.xz"), mode, sourceDateEpoch);
    await finish(join(scratch, "checksum"), 0o644, sourceDateEpoch);
    await rename(join(scratch, "image.xz"), output);
    await rename(join(scratch, "checksum"), `${output}.sha256`);
    return {
      artifacts: [
        { ...packed, path: output },
        { path: `${output}.sha256`, bytes: Buffer.byteLength(checksum), sha256: sha256(checksum) },
      ],
      image: raw.value,
    };
  } finally {
    for (const each of reading) each[Symbol.dispose]();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Sets mode and time, and waits for the disk: a rename must not overtake the content. */
async function finish(path: string, mode: number, seconds: number): Promise<void> {
  await chmod(path, mode);
  await utimes(path, seconds, seconds);
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
