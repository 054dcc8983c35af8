import { lchown, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Results belong to the person who called, not to root. Does nothing where nobody used sudo. */
export async function giveBack(env: NodeJS.ProcessEnv, paths: readonly string[]): Promise<void> {
  const { SUDO_UID, SUDO_GID } = env;
  if (SUDO_UID === undefined || SUDO_GID === undefined) return;
  for (const path of paths) await chownTree(path, Number(SUDO_UID), Number(SUDO_GID));
}

async function chownTree(path: string, uid: number, gid: number): Promise<void> {
  const below = await readdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOTDIR" ? [] : undefined,
  );
  if (below === undefined) return;
  for (const entry of ["", ...below]) await lchown(join(path, entry), uid, gid);
}
