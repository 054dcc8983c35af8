import { chown, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** What is in a store is its owner's, who reads without root what root made there, and nobody else does. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Whom files of a store are given to; undefined for a user who can give nothing away. */
export async function ownerOf(store: string): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return stat(store).catch(() => undefined);
}

/** Makes a directory below a store, and those above it. */
export async function makeOwn(store: string, path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  const owner = made === undefined ? undefined : await ownerOf(store);
  if (made === undefined || owner === undefined) return;
  for (let at = path; at.length >= made.length; at = dirname(at))
    await chown(at, owner.uid, owner.gid);
}
