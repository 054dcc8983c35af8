import { lchown, lstat } from "node:fs/promises";
import { walk } from "@pibuild/layers";

/** Results belong to the person who called, not to root. Does nothing where nobody used sudo. */
export async function giveBack(env: NodeJS.ProcessEnv, paths: readonly string[]): Promise<void> {
  const { SUDO_UID, SUDO_GID } = env;
  if (SUDO_UID === undefined || SUDO_GID === undefined) return;
  for (const path of paths) await chownTree(path, Number(SUDO_UID), Number(SUDO_GID));
}

async function chownTree(path: string, uid: number, gid: number): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (stats.isDirectory()) for (const below of walk(path)) await lchown(below.path, uid, gid);
  await lchown(path, uid, gid);
}
