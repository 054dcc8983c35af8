import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { partBeside, placeFile, type Sha256, sha256File } from "@pibuild/core";
import { type PackageIndex, readPackageIndex } from "./package-index.ts";
import { identityOf, type PackageSums, readSums, writeSums } from "./package-sums.ts";
import type { PackageStore } from "./store/package-store.ts";

/**
 * The names of the packages in a cache that a tree may get: apt believes a file that is there by its size.
 * Each has the sum that it came with; where the tree has signed indexes, they name it with that sum. One
 * that is damaged is dropped. What was checked before and not touched since is not read again.
 */
export async function checkPackages(cache: string, lists: readonly string[]): Promise<string[]> {
  await mkdir(cache, { recursive: true });
  const names = (await readdir(cache)).filter(isPackage);
  if (names.length === 0) return [];
  const [sums, index] = [await readSums(cache), await readPackageIndex(lists, names)];
  const before = JSON.stringify(sums);
  const good: string[] = [];
  for (const name of names) {
    const state = await check(cache, name, sums, index);
    if (state === "good") good.push(name);
    if (state !== "bad") continue;
    await rm(join(cache, name), { recursive: true, force: true });
    delete sums[name];
  }
  if (JSON.stringify(sums) !== before) await writeSums(cache, sums);
  return good;
}

/** Gives copies of all checked packages, for a directory that nothing but apt writes to. */
export async function lendPackages(cache: string, archives: string): Promise<void> {
  await mkdir(join(archives, "partial"), { recursive: true });
  for (const name of await checkPackages(cache, [])) {
    await copyFile(join(cache, name), join(archives, name), constants.COPYFILE_FICLONE);
  }
}

/**
 * Takes newly downloaded packages into the cache, also after a step that failed: those that a signed
 * index in one of the directories names with just these bytes. One that is in `store` by its content is another name
 * of that file; others are copied.
 */
export async function returnPackages(
  archives: string,
  cache: string,
  lists: readonly string[],
  store?: PackageStore,
): Promise<void> {
  await mkdir(cache, { recursive: true });
  const sums = await readSums(cache);
  const names = (await readdir(archives)).filter(isPackage);
  const fresh: string[] = [];
  for (const name of names) if (await isNew(archives, cache, name, sums)) fresh.push(name);
  if (fresh.length === 0) return;
  const { sums: allowedSums } = await readPackageIndex(lists, fresh);
  for (const name of fresh) {
    const allowed = allowedSums.get(name);
    const to = join(cache, name);
    const sha256 =
      allowed &&
      ((await linkIn(store, to, allowed)) ?? (await copyIn(join(archives, name), to, allowed)));
    const identity = identityOf(join(cache, name));
    if (sha256 !== undefined && identity !== undefined) sums[name] = { sha256, identity };
  }
  await writeSums(cache, sums);
}

/** Also what apt may have called it: it writes other characters as `%3a`. */
function isPackage(name: string): boolean {
  return /^[!-~]+\.deb$/.test(name);
}

async function check(
  cache: string,
  name: string,
  sums: PackageSums,
  index: PackageIndex,
): Promise<"good" | "bad" | "unknown"> {
  const path = join(cache, name);
  const identity = identityOf(path);
  if (identity === undefined) return "bad";
  const known = sums[name];
  const named = index.sums.get(name);
  // Nobody vouches for it: it may be fetched again, and then somebody does.
  if (known === undefined && named === undefined) return "unknown";
  const sha256 = known?.identity === identity ? known.sha256 : await sha256File(path);
  if (known !== undefined && known.sha256 !== sha256) return "bad";
  if (named !== undefined && !named.has(sha256)) return "bad";
  sums[name] = { sha256, identity };
  return index.isEmpty || named !== undefined ? "good" : "unknown";
}

async function isNew(
  archives: string,
  cache: string,
  name: string,
  sums: PackageSums,
): Promise<boolean> {
  const found = await lstat(join(archives, name)).catch(() => undefined);
  if (found?.isFile() !== true) return false;
  const identity = identityOf(join(cache, name));
  const isKnown = identity !== undefined && identity === sums[name]?.identity;
  return !isKnown || Number(identity.split(" ")[1]) !== found.size;
}

/** The file of the store that has a sum which an index allows; undefined where there is none, or on another disk. */
async function linkIn(
  store: PackageStore | undefined,
  to: string,
  allowed: ReadonlySet<Sha256>,
): Promise<Sha256 | undefined> {
  for (const sum of store === undefined ? [] : allowed) {
    const stored = await store?.find(sum);
    if (stored === undefined) continue;
    const part = partBeside(to);
    try {
      await link(stored.path, part);
      await rename(part, to);
      return sum;
    } catch {
      // A copy is as good.
      await rm(part, { force: true });
    }
  }
  return undefined;
}

/** A copy, as a chroot may still write to the original; what was read is what is checked. */
async function copyIn(
  from: string,
  to: string,
  allowed: ReadonlySet<Sha256>,
): Promise<Sha256 | undefined> {
  await using source = await open(from, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  let sum: Sha256 | undefined;
  try {
    await placeFile(to, async (file) => {
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, buffer.length);
        if (bytesRead === 0) break;
        const bytes = buffer.subarray(0, bytesRead);
        hash.update(bytes);
        await file.writeFile(bytes);
      }
      sum = hash.digest("hex") as Sha256;
      if (!allowed.has(sum)) throw new Unnamed();
    });
    return sum;
  } catch (error) {
    if (error instanceof Unnamed) return undefined;
    throw error;
  }
}

/** The file is not what any index names. */
class Unnamed extends Error {}
