import { randomUUID } from "node:crypto";
import { copyFileSync, linkSync } from "node:fs";
import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";

/**
 * A run's own `archives` directory, filled from the package cache at its first step. apt locks the
 * directory it downloads into, so builds cannot share one; they share the files by hard link.
 */
export async function lendPackages(cache: string, archives: string): Promise<void> {
  if ((await mkdir(join(archives, "partial"), { recursive: true })) === undefined) return;
  await mkdir(cache, { recursive: true });
  for (const name of (await readdir(cache)).filter(isPackage)) {
    linkOrCopy(join(cache, name), join(archives, name));
  }
}

/** Takes newly downloaded packages into the cache, also after a step that failed. */
export async function returnPackages(archives: string, cache: string): Promise<void> {
  const known = new Set(await readdir(cache));
  for (const name of (await readdir(archives)).filter(isPackage)) {
    if (known.has(name)) continue;
    const temporary = join(cache, `.${randomUUID()}`);
    linkOrCopy(join(archives, name), temporary);
    await rename(temporary, join(cache, name));
  }
}

/** Also what apt may have called it: it writes other characters as `%3a`. */
function isPackage(name: string): boolean {
  return /^[!-~]+\.deb$/.test(name);
}

/** Without waiting: every step borrows hundreds of packages. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    copyFileSync(from, to);
  }
}
