import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { PibuildError, placeFile, type Sha256, sha256File } from "@pibuild/core";
import { isDigest } from "@pibuild/layers";
import type { Depot } from "./depot.ts";

/** No record is larger than this. */
const mostBytes = 16 * 1024 * 1024;

/**
 * A depot in a plain directory, such as one on NFS, one that rsync carries, or what a CI service keeps
 * from run to run. Each scope is a directory, so that who may write to which is the system's affair. A
 * record is put in its place after its blobs. Where nothing is, nothing is found.
 */
export function directoryDepot(directory: string): Depot {
  const blobPath = (scope: string, digest: Sha256) =>
    join(directory, scope, "blobs", digest.slice(0, 2), digest);
  const recordPath = (scope: string, key: Sha256) =>
    join(directory, scope, "records", key.slice(0, 2), `${key}.json`);
  const failing = <T>(work: () => Promise<T>) => orUnreachable(directory, work);
  return {
    name: directory,
    kind: "directory",
    read: (scope, key) =>
      failing(async () => {
        const path = recordPath(scope, key);
        const found = await stat(path).catch(missing);
        if (found === undefined || !found.isFile() || found.size > mostBytes) return undefined;
        const text = await readFile(path, "utf8").catch(missing);
        return text === undefined ? undefined : { text, sentMs: found.mtimeMs };
      }),
    bring: (scope, blob, file) =>
      failing(async () => {
        const from = blobPath(scope, blob.digest);
        const found = await stat(from).catch(missing);
        if (found === undefined || !found.isFile())
          throw new PibuildError("CACHE_UNREACHABLE", { place: from, detail: "it is gone" });
        if ((await copyTo(from, file)) === blob.digest) return blob.bytes;
        const detail = "its bytes have another digest";
        throw new PibuildError("BLOB_DAMAGED", { place: directory, digest: blob.digest, detail });
      }),
    send: (scope, blob, file) =>
      failing(async () => {
        const path = blobPath(scope, blob.digest);
        const there = await stat(path).catch(missing);
        if (there?.isFile() && there.size === blob.bytes && (await isWhole(path, blob.digest))) {
          // It is young again: the record that will name it is not there yet.
          await utimes(path, new Date(), new Date());
          return 0;
        }
        await mkdir(dirname(path), { recursive: true });
        await place(path, async (target) => {
          for await (const piece of createReadStream(file)) await target.writeFile(piece as Buffer);
        });
        return blob.bytes;
      }),
    write: ({ scope, key, text }) =>
      failing(async () => {
        const path = recordPath(scope, key);
        await mkdir(dirname(path), { recursive: true });
        await place(path, (target) => target.writeFile(text));
      }),
    keys: (scope) =>
      failing(async () => {
        const names = await filesBelow(join(directory, scope, "records"));
        return names.map((name) => name.replace(/\.json$/, "")).filter(isDigest);
      }),
    has: async (scope, { digest, bytes }) =>
      (await stat(blobPath(scope, digest)).catch(missing))?.size === bytes,
    drop: (scope, key) => failing(() => rm(recordPath(scope, key), { force: true })),
    sweep: (scope, keep, olderMs) =>
      failing(async () => {
        let freed = 0;
        for (const name of await filesBelow(join(directory, scope, "blobs"))) {
          if (keep.has(name as Sha256)) continue;
          // What a killed push left has other names.
          const path = join(directory, scope, "blobs", name.slice(0, 2), name);
          const found = await stat(path).catch(missing);
          if (found === undefined || Date.now() - found.mtimeMs < olderMs) continue;
          await rm(path, { force: true });
          freed += found.size;
        }
        return freed;
      }),
  };
}

/** A push that finds a blob rotten heals it. */
async function isWhole(path: string, digest: Sha256): Promise<boolean> {
  return (await sha256File(path).catch(() => "")) === digest;
}

async function copyTo(from: string, to: string): Promise<string> {
  const hash = createHash("sha256");
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  await using target = await open(to, O_WRONLY | O_CREAT | O_TRUNC | (O_NOFOLLOW ?? 0), 0o600);
  for await (const piece of createReadStream(from, { highWaterMark: 2 ** 20 })) {
    hash.update(piece as Buffer);
    await target.writeFile(piece as Buffer);
  }
  return hash.digest("hex");
}

/** Others who may read the directory may read what is in it: it holds nothing that stays. */
async function place(path: string, content: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await placeFile(path, content, { sync: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
    await rm(path, { recursive: true, force: true });
    await placeFile(path, content, { sync: true });
  }
}

async function filesBelow(path: string): Promise<string[]> {
  const names: string[] = [];
  for (const digits of (await readdir(path).catch((): string[] => [])).sort())
    names.push(...(await readdir(join(path, digits)).catch((): string[] => [])));
  return names.sort();
}

async function orUnreachable<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, path = "" } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof PibuildError) throw error;
    // A full disk of this machine is for others to say.
    if (code === "ENOSPC" && !path.startsWith(place)) throw error;
    throw new PibuildError("CACHE_UNREACHABLE", { place, detail: code }, { cause: error });
  }
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (!["ENOENT", "ENOTDIR"].includes(error.code ?? "")) throw error;
}
