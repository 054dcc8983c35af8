import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emit, silent } from "../events/event.ts";
import { acquireLock, tryLock } from "./lock.ts";
import { removeTree } from "./remove-tree.ts";

/** A directory of one run; it goes away with the run, also when the run was killed. */
export interface RunDirectory extends AsyncDisposable {
  readonly path: string;
  /** Moves a finished thing out of the run, so that disposal leaves it alone. */
  keep(name: string, destination: string): Promise<void>;
}

/**
 * Makes `<parent>/<id>/` with a lock beside it. The locked directories under `parent` are the
 * journal of what is in use: whatever is not locked belongs to a run that died, see `sweep`. Others read its name in the lock.
 */
export async function createRunDirectory(parent: string, name = ""): Promise<RunDirectory> {
  const id = randomBytes(6).toString("hex");
  const path = join(parent, id);
  const lock = await acquireLock(join(parent, `${id}.new`));
  await writeFile(join(parent, `${id}.new`), name);
  // Only now may `sweep` see it: it would take a lock file that nobody holds yet for a dead run's.
  await rename(join(parent, `${id}.new`), `${path}.lock`);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return {
    path,
    async keep(name, destination) {
      await removeTree(destination);
      await rename(join(path, name), destination);
    },
    async [Symbol.asyncDispose]() {
      await removeTree(path);
      await rm(`${path}.lock`, { force: true });
      await lock[Symbol.asyncDispose]();
    },
  };
}

/** Removes the directories that killed runs left under `parent`. Live runs are not touched. */
export async function sweep(parent: string, emit: Emit = silent): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((entry) => entry.endsWith(".lock"))) {
    const lockFile = join(parent, name);
    await using lock = await tryLock(lockFile);
    if (lock === undefined) continue;
    const path = lockFile.slice(0, -".lock".length);
    await removeTree(path);
    await rm(lockFile, { force: true });
    emit({ type: "swept", path });
  }
}
