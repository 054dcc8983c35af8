import { chmod, lstat, lutimes, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, partBeside, syncedSha256, syncPath } from "@pibuild/core";
import type { Artifact } from "../artifact.ts";
import { namesBelow } from "./names-below.ts";

export interface TreePlacement {
  readonly exec: Exec;
  /** A directory of files, directories and links, whose names are UTF-8. */
  readonly from: string;
  /** Nothing is there yet. */
  readonly to: string;
  /** The mode of the directory itself; what is in it keeps its permissions. */
  readonly mode: number;
  /** Seconds since 1970 that everything's time is set to. */
  readonly seconds: number;
}

/**
 * Copies a tree, whole or not at all; gives its files by their paths below it. What is sparse stays so,
 * links lead where they led, and several names of one file become files. Owners, extended
 * attributes and set-id bits do not come along.
 */
export async function placeTree({
  exec,
  from,
  to,
  mode,
  seconds,
}: TreePlacement): Promise<Artifact[]> {
  const part = partBeside(to);
  // Until it is whole, nobody else enters it.
  await mkdir(part, { mode: 0o700 });
  try {
    const tree = join(part, "tree");
    const keep = ["--recursive", "--no-dereference", "--preserve=mode", "--no-target-directory"];
    await exec.run({ program: "cp", args: [...keep, from, ofThisProcess(tree)] });
    const files = await finish(tree, seconds);
    await chmod(tree, mode);
    await lutimes(tree, seconds, seconds);
    await rename(tree, to);
    return files;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** A path below an open directory, as another process finds it. */
function ofThisProcess(path: string): string {
  return path.replace(/^\/proc\/self\//, `/proc/${process.pid}/`);
}

async function finish(tree: string, seconds: number): Promise<Artifact[]> {
  const files: Artifact[] = [];
  for (const name of await namesBelow(tree)) {
    const path = join(tree, name);
    const stats = await lstat(path);
    if (!stats.isSymbolicLink()) {
      // Who gets a directory has to be able to remove what is in it.
      const least = stats.isDirectory() ? 0o700 : 0;
      await chmod(path, (stats.mode & 0o777) | least);
    }
    await lutimes(path, seconds, seconds);
    if (stats.isFile())
      files.push({ path: name, bytes: stats.size, sha256: await syncedSha256(path) });
    if (stats.isDirectory()) await syncPath(path);
  }
  return files;
}
