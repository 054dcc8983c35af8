import { existsSync, globSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock, findProgram, removeTree, tryLock } from "@pibuild/core";

/** How such a directory's name begins. */
const prefix = "pibuild-run-";

/**
 * Gives one run of tests a directory of its own for what they make in the system's: it goes when the run
 * ends, and where a run was killed, when the next one begins.
 */
export default async function runScratch(): Promise<(() => Promise<void>) | undefined> {
  if (findProgram("flock") === undefined) return undefined;
  const parent = tmpdir();
  await sweepRuns(parent);
  const directory = await mkdtemp(join(parent, prefix));
  // Some tests are another user.
  await chmod(directory, 0o1777);
  const lock = await acquireLock(lockOf(directory));
  process.env.TMPDIR = directory;
  return async () => {
    process.env.TMPDIR = parent;
    await removeTree(directory);
    await lock[Symbol.asyncDispose]();
  };
}

/** Removes the directories of runs that are no more. */
export async function sweepRuns(parent: string): Promise<void> {
  for (const name of globSync(`${prefix}*`, { cwd: parent })) {
    const directory = join(parent, name);
    // One without a lock has just been made.
    if (!existsSync(lockOf(directory))) continue;
    await using lock = await tryLock(lockOf(directory));
    if (lock !== undefined) await removeTree(directory);
  }
}

function lockOf(directory: string): string {
  return join(directory, "lock");
}
