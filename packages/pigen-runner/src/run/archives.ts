import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { mountAll, overlayMount } from "@pibuild/layers";
import { checkPackages, type PackageStore, returnPackages } from "@pibuild/mirrors";
import { bindMount } from "./prepare-namespace.ts";

/** Where a run's packages lie. */
export interface Archives {
  /** Of all builds; a chroot never writes to it. */
  readonly cache: string;
  /** The run's own directory. */
  readonly directory: string;
  /** The same packages by their content, as far as they came through the run's proxy. */
  readonly store: PackageStore;
}

/**
 * A run's `archives` directory over the package cache, from its first step on; gives its path. apt locks
 * the directory it downloads into, so builds cannot share one. What a step writes there, also to a
 * package of the cache, stays above it. A tree sees what its own signed indexes in `lists` name.
 */
export async function lendArchives(
  exec: Exec,
  { cache, directory }: Archives,
  lists: string,
): Promise<string> {
  const merged = join(directory, "merged");
  if (existsSync(merged)) return merged;
  const good = new Set(await checkPackages(cache, [lists]));
  await mkdir(join(directory, "upper"), { recursive: true, mode: 0o755 });
  await mkdir(join(directory, "cache"), { recursive: true });
  const overlay = await overlayMount({
    cwd: directory,
    lowers: ["cache"],
    target: merged,
    changes: { upper: "upper", scratch: "scratch" },
  });
  await mountAll(exec, [bindMount(cache, join(directory, "cache")), overlay], directory);
  await mkdir(join(merged, "partial"));
  for (const name of await readdir(merged)) {
    if (name !== "partial" && !good.has(name)) await rm(join(merged, name), { recursive: true });
  }
  return merged;
}

/** Takes what a step downloaded into the cache; `bootstrap` leaves copies of indexes that it takes away. */
export async function takeArchives(
  { cache, directory, store }: Archives,
  lists: string,
): Promise<void> {
  const upper = join(directory, "upper");
  await returnPackages(upper, cache, [lists, join(upper, "indexes")], store);
  await rm(join(directory, "merged", "indexes"), { recursive: true, force: true });
}
