import { lstat, readlink, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { dropParts, type Exec, enterDirectory, sha256File, syncPath } from "@pibuild/core";
import type { Artifact } from "../artifact.ts";
import { abandonedMs, namingDirectory } from "../deliver-files.ts";
import { namesBelow } from "./names-below.ts";
import { placeTree } from "./place-tree.ts";

export interface TreeDelivery {
  /** The finished tree; it need not exist. */
  readonly from: string;
  /** The directory that takes it, and the name that it gets there. */
  readonly directory: string;
  readonly name: string;
  /** See `DeliveryOptions`. */
  readonly owners?: ReadonlySet<number> | undefined;
  readonly mode?: number;
}

/**
 * Removes a delivered tree that is not what `from` is, so that it never stands beside newer files. The
 * directory has to be there. Throws OUTPUT_UNUSABLE.
 */
export async function withdrawTree({ from, directory, name, owners }: TreeDelivery): Promise<void> {
  await namingDirectory(directory, async () => {
    await using entered = await enterDirectory(resolve(directory), owners);
    const path = join(entered.path, name);
    await dropParts(path, { olderMs: abandonedMs });
    const known = await describe(from);
    if (known !== undefined && known === (await describe(path))) return;
    await rm(path, { recursive: true, force: true });
  });
}

/**
 * Copies a tree into a directory, unless it is there; returns the files that were written. What else had
 * the name is withdrawn before. Throws OUTPUT_UNUSABLE.
 */
export async function deliverTree(
  exec: Exec,
  { from, directory, name, owners, mode = 0o755 }: TreeDelivery,
): Promise<Artifact[]> {
  return namingDirectory(directory, async () => {
    const source = await lstat(from).catch(() => undefined);
    if (source === undefined) return [];
    await using entered = await enterDirectory(resolve(directory), owners);
    const to = join(entered.path, name);
    if ((await lstat(to).catch(() => undefined)) !== undefined) return [];
    const files = await placeTree({ exec, from, to, mode, seconds: source.mtimeMs / 1000 });
    await syncPath(`${entered.path}/`);
    return files.map((file) => ({ ...file, path: join(directory, name, file.path) }));
  });
}

/** All of a tree that a delivery keeps but its time, as one text; undefined where there is none. */
async function describe(directory: string): Promise<string | undefined> {
  const top = await lstat(directory).catch(() => undefined);
  if (top?.isDirectory() !== true) return undefined;
  const lines: unknown[] = [];
  for (const name of await namesBelow(directory)) {
    const path = join(directory, name);
    const stats = await lstat(path);
    const content = stats.isFile()
      ? await sha256File(path)
      : stats.isSymbolicLink() && (await readlink(path));
    lines.push([name, stats.mode, content]);
  }
  return JSON.stringify(lines);
}
