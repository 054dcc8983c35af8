import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface PlaceOptions {
  /** Its mode at the end; until then only its owner may read it. Default: 0o644. */
  readonly mode?: number;
  /** Seconds since 1970 that its time is set to. */
  readonly seconds?: number;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** Whether its bytes are on the disk before it gets its name. */
  readonly sync?: boolean;
}

const ending = /^\.[0-9a-f]{12}\.part$/;

/** A name beside a file for what is to take its place. Nobody can know it before, and put a link there. */
export function partBeside(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}.part`;
}

/** Whether a name is one that `partBeside` gives for a file of another name in the same directory. */
export function isPartOf(entry: string, name: string): boolean {
  return entry.startsWith(name) && ending.test(entry.slice(name.length));
}

/** Makes a file of a name that is not there yet, and follows no link. */
export async function openNew(path: string, mode = 0o600): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  // Windows has no links that it would follow here.
  return open(path, O_RDWR | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), mode);
}

/**
 * Puts a file in its place, whole or not at all. All that is done to it goes through its handle: who
 * may write in the directory can lead none of it elsewhere.
 */
export async function placeFile(
  path: string,
  content: string | Uint8Array | ((file: FileHandle) => Promise<void>),
  { mode = 0o644, seconds, owner, sync = false }: PlaceOptions = {},
): Promise<void> {
  const part = partBeside(path);
  try {
    await using file = await openNew(part);
    if (typeof content === "function") await content(file);
    else await file.writeFile(content);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await file.chmod(mode);
    if (seconds !== undefined) await file.utimes(seconds, seconds);
    if (sync) await file.sync();
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Removes what killed runs left beside a file under such names. Whoever calls holds the file's lock, or
 * says after how many milliseconds nobody can be at work on one.
 */
export async function dropParts(path: string, { olderMs = 0 } = {}): Promise<void> {
  const [directory, name] = [dirname(path), basename(path)];
  for (const entry of await readdir(directory).catch(() => [])) {
    if (!isPartOf(entry, name)) continue;
    const left = join(directory, entry);
    const changed = (await stat(left).catch(() => undefined))?.ctimeMs ?? 0;
    if (Date.now() - changed >= olderMs) await rm(left, { recursive: true, force: true });
  }
}
