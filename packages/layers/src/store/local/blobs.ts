import { chmod, chown, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { sha256File, syncedSha256 } from "@pibuild/core";
import type { LayerBlob } from "../record.ts";
import { layout } from "./layout.ts";
import { makeOwn, ownerOf } from "./own.ts";
import { orUnusable } from "./unusable.ts";
import { replace, writeWhole } from "./write-file.ts";

export type BlobState = "good" | "missing" | "corrupt";

/** Moves a finished file into the store under its digest. The file must be on the store's filesystem. */
export async function putBlob(store: string, file: string): Promise<LayerBlob> {
  // A record of a layer that never came to the disk would be believed after a power cut.
  const digest = await syncedSha256(file);
  const { size } = await stat(file);
  const path = layout(store).blob(digest);
  return orUnusable(path, async () => {
    await makeOwn(store, dirname(path));
    const owner = await ownerOf(store);
    if (owner !== undefined) await chown(file, owner.uid, owner.gid);
    await chmod(file, 0o600);
    await replace(file, path);
    await rememberChecked(store, path, await identityOf(path));
    return { digest, bytes: size };
  });
}

/** A disk may rot where nobody touches a file: after this long it is read again. */
const aWeekMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Checks a blob's content against its digest. A file that has not been touched since the last
 * check (same inode, size, mtime and ctime) is not read again for a week. A corrupt blob is dropped.
 */
export async function checkBlob(
  store: string,
  { digest }: Pick<LayerBlob, "digest">,
  { rememberedMs = aWeekMs } = {},
): Promise<BlobState> {
  const path = layout(store).blob(digest);
  // Taken before the content is read: whoever writes to the file meanwhile changes its identity.
  const identity = await identityOf(path);
  if (identity === undefined) return "missing";
  if (identity === (await readChecked(path, rememberedMs))) return "good";
  return orUnusable(path, async () => {
    const isFile = (await stat(path).catch(goneMeanwhile))?.isFile() ?? true;
    const actual = isFile ? await sha256File(path).catch(goneMeanwhile) : "no file";
    if (actual === undefined) return "missing";
    if (actual === digest) {
      await rememberChecked(store, path, identity);
      return "good";
    }
    await drop(path, identity);
    return "corrupt";
  });
}

/** The note of a check that is no older than that, or from times to come. */
async function readChecked(path: string, rememberedMs: number): Promise<string | undefined> {
  const note = `${path}.checked`;
  const ageMs = Date.now() - ((await stat(note).catch(() => undefined))?.mtimeMs ?? 0);
  if (Math.abs(ageMs) >= rememberedMs) return undefined;
  return await readFile(note, "utf8").catch(() => undefined);
}

/** Another build may have put a good blob in its place by now: that one stays. */
async function drop(path: string, identity: string): Promise<void> {
  if ((await identityOf(path)) !== identity) return;
  await rm(path, { recursive: true, force: true }).catch(readOnly);
  await rm(`${path}.checked`, { recursive: true, force: true }).catch(readOnly);
}

/** Without the note a blob is read again, which takes time and does no harm. */
async function rememberChecked(
  store: string,
  path: string,
  identity: string | undefined,
): Promise<void> {
  if (identity === undefined) return;
  await writeWhole(store, `${path}.checked`, identity).catch(() => undefined);
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}

function goneMeanwhile(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** A user who may only read the store looks things up in it all the same. */
function readOnly(error: NodeJS.ErrnoException): void {
  if (!["EACCES", "EPERM", "EROFS"].includes(error.code ?? "")) throw error;
}
