import { constants, createReadStream, existsSync } from "node:fs";
import { access, copyFile, lstat, mkdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  dropParts,
  enterDirectory,
  ForeignDirectory,
  PibuildError,
  placeFile,
  sha256File,
  syncPath,
} from "@pibuild/core";
import type { Artifact } from "./artifact.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "it is read-only",
  EEXIST: "it is no directory",
  ENOTDIR: "it is no directory",
  ELOOP: "its links lead nowhere",
  ENOSPC: "no room is left there",
  EDQUOT: "no room is left there",
};

/** After this long nobody copies any more. */
export const abandonedMs = 86_400_000;

export interface DeliveryOptions {
  /**
   * Whose directories are entered: somebody else could lead root elsewhere. Undefined: everybody's, for
   * a process that has no more rights than who could do so.
   */
  readonly owners?: ReadonlySet<number> | undefined;
  /** The files' mode. Default: 0o644. */
  readonly mode?: number;
}

/**
 * Makes sure, before any work, that a directory can take files. Returns the first directory that
 * had to be made, if any. Throws OUTPUT_UNUSABLE.
 */
export async function prepareDelivery(
  directory: string,
  { owners }: DeliveryOptions = {},
): Promise<string | undefined> {
  return namingDirectory(directory, async () => {
    const path = resolve(directory);
    // Nothing is made before it is known where.
    await using _entered = await enterDirectory(existing(path), owners);
    const made = await mkdir(path, { recursive: true });
    await access(path, constants.W_OK | constants.X_OK);
    return made;
  });
}

/**
 * Copies files into a directory, under their own names and in this order. Each is made under
 * another name first, so that it is there whole or not at all, and one that is there with these
 * bytes is left alone. Returns those that were written. Throws OUTPUT_UNUSABLE.
 */
export async function deliverFiles(
  files: readonly Artifact[],
  directory: string,
  { owners, mode = 0o644 }: DeliveryOptions = {},
): Promise<Artifact[]> {
  const written: Artifact[] = [];
  await prepareDelivery(directory, { owners });
  await namingDirectory(directory, async () => {
    await using entered = await enterDirectory(resolve(directory), owners);
    for (const file of files) {
      const name = basename(file.path);
      const path = join(entered.path, name);
      if (await isThere(path, file)) continue;
      await dropParts(path, { olderMs: abandonedMs });
      await place(file.path, path, mode);
      written.push({ ...file, path: join(directory, name) });
    }
    if (written.length > 0 && process.platform !== "win32") await syncPath(`${entered.path}/`);
  });
  return written;
}

/** The nearest directory above a path, or the path itself, that is there. */
function existing(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : existing(dirname(path));
}

async function isThere(path: string, { bytes, sha256 }: Artifact): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() === true && found.size === bytes && (await sha256File(path)) === sha256;
}

async function place(from: string, to: string, mode: number): Promise<void> {
  const { mtimeMs } = await stat(from);
  // A rename must not overtake the content.
  await placeFile(
    to,
    async (file) => {
      // A filesystem that can share blocks does; elsewhere there is no name for an open file.
      const open = `/proc/self/fd/${file.fd}`;
      if (existsSync(open)) await copyFile(from, open, constants.COPYFILE_FICLONE);
      else await file.writeFile(createReadStream(from));
    },
    { mode, seconds: mtimeMs / 1000, sync: true },
  );
}

/** Runs work in a directory that somebody named, whose errors are theirs to mend. Throws OUTPUT_UNUSABLE. */
export async function namingDirectory<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason =
      error instanceof ForeignDirectory
        ? `${error.message}, who could lead root elsewhere`
        : reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    throw new PibuildError("OUTPUT_UNUSABLE", { directory, reason }, { cause: error });
  }
}
