import { constants } from "node:fs";
import { type FileHandle, lchown, lstat, open, readdir } from "node:fs/promises";

/** Results belong to the person who called, not to root. Does nothing where nobody used sudo. */
export async function giveBack(env: NodeJS.ProcessEnv, paths: readonly string[]): Promise<void> {
  const { SUDO_UID, SUDO_GID } = env;
  if (SUDO_UID === undefined || SUDO_GID === undefined) return;
  for (const path of paths) await chownTree(path, Number(SUDO_UID), Number(SUDO_GID));
}

/** Gives back a directory, and not what is in it. */
export async function giveBackAlone(env: NodeJS.ProcessEnv, path: string): Promise<void> {
  const { SUDO_UID, SUDO_GID } = env;
  if (SUDO_UID === undefined || SUDO_GID === undefined) return;
  const found = await lstat(path);
  if (found.uid === 0 && found.isDirectory())
    await lchown(path, Number(SUDO_UID), Number(SUDO_GID)).catch(readOnly);
}

function readOnly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EROFS") throw error;
}

/**
 * Gives away what root made, and nothing that a link leads to: neither a symlink, nor another name of a
 * file of root's. Directories are gone through by their handles, as their owner may replace them meanwhile.
 */
async function chownTree(path: string | Buffer, uid: number, gid: number): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  const isOwn = found.uid === 0 && (found.isDirectory() || found.nlink === 1);
  if (!found.isDirectory()) {
    if (isOwn) await lchown(path, uid, gid);
    return;
  }
  const directory = await openDirectory(path);
  if (directory === undefined) return;
  try {
    const below = `/proc/self/fd/${directory.fd}`;
    // Names are bytes.
    for (const name of await readdir(below, "buffer"))
      await chownTree(Buffer.concat([Buffer.from(`${below}/`), name]), uid, gid);
    if (isOwn) await directory.chown(uid, gid);
  } finally {
    await directory.close();
  }
}

async function openDirectory(path: string | Buffer): Promise<FileHandle | undefined> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  return open(path, flags).catch(() => undefined);
}
