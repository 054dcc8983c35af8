import { constants } from "node:fs";
import { chmod, type FileHandle, lstat, mkdir, open, readlink, stat } from "node:fs/promises";

/** A directory that was entered: what is done below `path` happens in it, wherever its name leads by now. */
export interface EnteredDirectory extends AsyncDisposable {
  readonly path: string;
}

/** Somebody else could lead root elsewhere at this path. */
export class ForeignDirectory extends Error {
  readonly uid: number;
  readonly path: string;

  constructor(path: string, uid: number) {
    super(`\`${path}\` belongs to user ${uid}`);
    this.path = path;
    this.uid = uid;
  }
}

/** As many links as Linux follows, path_resolution(7). */
const mostLinks = 40;

/**
 * Whose directories root may work in: its own, those of who called through sudo, and those of `others`.
 * Undefined for any other user, who has nothing to lend.
 */
export function trustedOwners(
  env: NodeJS.ProcessEnv,
  others: readonly number[] = [],
): ReadonlySet<number> | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const { SUDO_UID } = env;
  return new Set([0, ...(SUDO_UID === undefined ? [] : [Number(SUDO_UID)]), ...others]);
}

/**
 * Enters a directory by an absolute path, name by name as Linux does, where each directory and each link on
 * the way belongs to one of the owners; undefined: whoever they belong to. Throws ForeignDirectory.
 */
export async function enterDirectory(
  path: string,
  owners: ReadonlySet<number> | undefined,
): Promise<EnteredDirectory> {
  if (owners === undefined) return { path, async [Symbol.asyncDispose]() {} };
  let at = await openDirectory("/");
  const left = path.split("/").filter(Boolean);
  let followed = 0;
  let shown = "";
  try {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const next = `/proc/self/fd/${at.fd}/${name}`;
      const found = await lstat(next);
      shown = `${shown}/${name}`;
      if (!owners.has(found.uid)) throw new ForeignDirectory(shown, found.uid);
      if (found.isSymbolicLink()) {
        if (++followed > mostLinks)
          throw Object.assign(new Error(`ELOOP: ${path}`), { code: "ELOOP" });
        const text = await readlink(next);
        left.unshift(...text.split("/").filter(Boolean));
        shown = shown.slice(0, shown.lastIndexOf("/"));
        if (!text.startsWith("/")) continue;
        await at.close();
        [at, shown] = [await openDirectory("/"), ""];
        continue;
      }
      const entered = await openDirectory(next);
      await at.close();
      at = entered;
      const { uid } = await at.stat();
      if (!owners.has(uid)) throw new ForeignDirectory(shown, uid);
    }
  } catch (error) {
    await at.close();
    throw error;
  }
  return {
    path: `/proc/self/fd/${at.fd}`,
    async [Symbol.asyncDispose]() {
      await at.close();
    },
  };
}

/** Not through a link: that would be somebody's answer between two looks. */
async function openDirectory(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** Makes a directory that only its owner enters; one that is there becomes so, where this user may change it. */
export async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { mode } = await stat(path);
  // Windows has no such modes, and a store that may only be read is somebody else's to close.
  if ((mode & 0o077) !== 0) await chmod(path, 0o700).catch(() => undefined);
}
