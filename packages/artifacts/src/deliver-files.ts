import { constants } from "node:fs";
import { access, chmod, copyFile, mkdir, open, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { PibuildError, sha256File } from "@pibuild/core";
import type { Artifact } from "./artifact.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "it is read-only",
  EEXIST: "it is no directory",
  ENOTDIR: "it is no directory",
  ENOSPC: "no room is left there",
  EDQUOT: "no room is left there",
};

/**
 * Makes sure, before any work, that a directory can take files. Returns the first directory that
 * had to be made, if any. Throws OUTPUT_UNUSABLE.
 */
export async function prepareDelivery(directory: string): Promise<string | undefined> {
  return named(directory, async () => {
    const made = await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK | constants.X_OK);
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
): Promise<Artifact[]> {
  const written: Artifact[] = [];
  await named(directory, async () => {
    await mkdir(directory, { recursive: true });
    for (const file of files) {
      const path = join(directory, basename(file.path));
      if (await isThere(path, file)) continue;
      await place(file.path, path);
      written.push({ ...file, path });
    }
  });
  return written;
}

async function isThere(path: string, { bytes, sha256 }: Artifact): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size === bytes && (await sha256File(path)) === sha256;
}

async function place(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  try {
    // A filesystem that can share blocks does.
    await copyFile(from, part, constants.COPYFILE_FICLONE);
    const { atime, mtime } = await stat(from);
    await chmod(part, 0o644);
    await utimes(part, atime, mtime);
    await using handle = await open(part, "r");
    // A rename must not overtake the content.
    await handle.sync();
    await rename(part, to);
  } finally {
    await rm(part, { force: true });
  }
}

/** Errors of a directory that somebody named are theirs to mend. */
async function named<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    throw new PibuildError("OUTPUT_UNUSABLE", { directory, reason }, { cause: error });
  }
}
