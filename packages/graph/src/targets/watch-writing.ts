import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isPartOf } from "@pibuild/core";

/** How often it is looked, in milliseconds. */
const interval = 500;

/**
 * Reports how many bytes of some files of a directory are on the disk, twice a second until disposal, also
 * of what is still written beside them, see `partBeside`. Holes take nothing.
 */
export function watchWriting(
  directory: string,
  names: readonly string[],
  report: (bytes: number) => void,
): Disposable {
  const timer = setInterval(async () => {
    const bytes = await bytesOf(directory, names).catch(() => 0);
    if (bytes > 0) report(bytes);
  }, interval);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function bytesOf(directory: string, names: readonly string[]): Promise<number> {
  const found = (await readdir(directory)).filter((entry) =>
    names.some((name) => entry === name || isPartOf(entry, name)),
  );
  const sizes = await Promise.all(found.map((entry) => allocated(join(directory, entry))));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/** Of a file what it takes, of a directory what its files take. It may be gone by now. */
async function allocated(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  // stat(2) counts blocks of 512 bytes, whatever the filesystem's own are.
  if (!found.isDirectory()) return found.blocks * 512;
  const entries = await readdir(path).catch(() => []);
  const sizes = await Promise.all(entries.map((entry) => allocated(join(path, entry))));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
