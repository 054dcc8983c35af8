import { realpath, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createExec } from "../exec/create-exec.ts";
import { mountsBelow } from "./mounts.ts";

/**
 * Removes a directory tree. Mounts below it are detached first: a tree that held a bind mount
 * of `/dev` would otherwise take the host's devices along.
 */
export async function removeTree(path: string): Promise<void> {
  // The kernel names mount points by their real paths. A symlink itself is removed, not followed.
  const parent = await realpath(dirname(path)).catch(missing);
  if (parent === undefined) return;
  const real = join(parent, basename(path));
  const exec = createExec();
  const mounts = mountsBelow(real);
  // In a shared tree one unmount takes others of the list along, which then fail; what is left counts.
  const allowExit = [32, 64];
  if (mounts.length > 0)
    await exec.run({ program: "umount", args: ["--lazy", ...mounts], allowExit });
  const left = mountsBelow(real);
  if (left.length > 0) throw new Error(`still mounted below ${path}: ${left.join(", ")}`);
  await rm(real, { recursive: true, force: true });
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** Removes a directory that is empty. One with something in it stays; so does what is a mount, no directory, or gone. */
export async function removeIfEmpty(path: string): Promise<void> {
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY", "ENOTDIR"].includes(error.code ?? ""))
      throw error;
  });
}
