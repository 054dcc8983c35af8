import { lstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { placeFile, type Sha256 } from "@pibuild/core";

/** What is remembered of a package in the cache. */
export interface PackageSum {
  readonly sha256: Sha256;
  /** Of the file that was found to have it: one that was touched since is read again. */
  readonly identity: string;
}

export type PackageSums = Record<string, PackageSum>;

/** Beside the packages; apt looks at names that end with `.deb` alone. */
const sumsName = ".sums.json";

/** What was remembered. A damaged note is as good as none. */
export async function readSums(cache: string): Promise<PackageSums> {
  const text = await readFile(join(cache, sumsName), "utf8").catch(() => "{}");
  try {
    const entries = Object.entries(JSON.parse(text) as PackageSums);
    return Object.fromEntries(entries.filter(([, sum]) => isSum(sum)));
  } catch {
    return {};
  }
}

/** Of two builds that write at once one is forgotten, whose packages are then read again. */
export async function writeSums(cache: string, sums: PackageSums): Promise<void> {
  await placeFile(join(cache, sumsName), JSON.stringify(sums));
}

/** What tells a file from any other, and from itself before it was written to; undefined where none is. */
export function identityOf(path: string): string | undefined {
  // Without waiting: every step asks for hundreds.
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (found?.isFile() !== true) return undefined;
  return [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}

function isSum(value: unknown): value is PackageSum {
  const { sha256, identity } = (value ?? {}) as PackageSum;
  return /^[0-9a-f]{64}$/.test(String(sha256)) && typeof identity === "string";
}
