import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Sha256, sha256File } from "@pibuild/core";
import type { LayerBlob } from "./record.ts";

export type BlobState = "good" | "missing" | "corrupt";

/** Where a blob lies: two digits fan the directory out. */
export function blobPath(store: string, digest: Sha256): string {
  return join(store, "blobs", "sha256", digest.slice(0, 2), digest);
}

/** Moves a finished file into the store under its digest. The file must be on the store's filesystem. */
export async function putBlob(store: string, file: string): Promise<LayerBlob> {
  const digest = await sha256File(file);
  const { size } = await stat(file);
  const path = blobPath(store, digest);
  await mkdir(dirname(path), { recursive: true });
  await rename(file, path);
  await rememberChecked(path);
  return { digest, bytes: size };
}

/**
 * Checks a blob's content against its digest. A file that has not been touched since the last
 * check (same inode, size, mtime and ctime) is not read again. A corrupt blob is dropped.
 */
export async function checkBlob(store: string, { digest, bytes }: LayerBlob): Promise<BlobState> {
  const path = blobPath(store, digest);
  const identity = await identityOf(path);
  if (identity === undefined) return "missing";
  if (identity === (await readFile(`${path}.checked`, "utf8").catch(() => ""))) return "good";
  const { size } = await stat(path);
  if (size === bytes && (await sha256File(path)) === digest) {
    await rememberChecked(path);
    return "good";
  }
  await rm(path, { force: true });
  await rm(`${path}.checked`, { force: true });
  return "corrupt";
}

async function rememberChecked(path: string): Promise<void> {
  const identity = await identityOf(path);
  if (identity !== undefined) await writeFile(`${path}.checked`, identity);
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}
