import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchFile, type Named } from "../fetch/fetch-file.ts";
import { packagesNames } from "../index/packages-names.ts";
import { readSums } from "../package-sums.ts";
import type { Lock } from "../policy/lock.ts";
import { readRelease } from "../release/release-file.ts";
import { nameOf } from "../release/release-names.ts";
import { PackageStore, type Stored } from "../store/package-store.ts";
import { type LockFetching, openFetching } from "./open-fetching.ts";

export interface CollectOptions extends LockFetching {
  /** Where packages that apt has fetched are kept by name. */
  readonly cache: string;
}

/**
 * Copies all that a lock names, and the indexes of its releases, into a directory of packages by content: from
 * what is kept here, else from mirrors. Throws NobodyDelivers.
 */
export async function collectFiles(
  lock: Lock,
  to: string,
  options: CollectOptions,
): Promise<number> {
  using fetching = openFetching(options, to);
  const kept = new PackageStore(options.directory);
  const target = fetching.store;
  const byName = await readSums(options.cache);
  const nameOfSum = new Map(Object.entries(byName).map(([name, { sha256 }]) => [sha256, name]));
  let count = 0;
  const collect = async (archiveName: string, named: Named): Promise<Stored> => {
    count += 1;
    const here = await target.find(named.sha256);
    if (here !== undefined) return here;
    const name = nameOfSum.get(named.sha256);
    const own = (await kept.find(named.sha256))?.path ?? (name && join(options.cache, name));
    const copied = own === undefined ? undefined : await copyInto(target, own, named);
    if (copied !== undefined) return copied;
    const archive = options.archives.find((each) => each.name === archiveName);
    return fetchFile(
      fetching,
      archive ?? { name: archiveName, addresses: [], candidates: [] },
      named,
    );
  };
  for (const { archive, ...named } of lock.releases) {
    const { path } = await collect(archive, named);
    const release = readRelease(await readFile(path, "latin1"));
    if (release === undefined) continue;
    const root = named.path.slice(0, named.path.lastIndexOf("/") + 1);
    for (const name of packagesNames(release.entries.keys(), [lock.architecture])) {
      const index = nameOf(root, name, release);
      if (index !== undefined) await collect(archive, index);
    }
  }
  for (const { archive, path, sha256, size } of lock.packages)
    await collect(archive, { path, sha256, size });
  return count;
}

/** Undefined where the file is not, or not any more, what was asked for. */
async function copyInto(
  target: PackageStore,
  file: string,
  { sha256 }: Named,
): Promise<Stored | undefined> {
  await using part = await target.receive();
  try {
    for await (const piece of createReadStream(file)) await part.write(piece as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return part.sum() === sha256 ? await part.keep() : undefined;
}
