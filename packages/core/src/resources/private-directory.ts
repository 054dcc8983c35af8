import { chmod, mkdir, stat } from "node:fs/promises";

/** Makes a directory that only its owner enters; one that is there becomes so, where this user may change it. */
export async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { mode } = await stat(path);
  // Windows has no such modes, and a store that may only be read is somebody else's to close.
  if ((mode & 0o077) !== 0) await chmod(path, 0o700).catch(() => undefined);
}
