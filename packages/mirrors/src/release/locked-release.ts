import { readFile } from "node:fs/promises";
import { NobodyDelivers } from "../fetch/fetch-file.ts";
import { useFile } from "../fetch/use-file.ts";
import type { Archive } from "../policy/archive.ts";
import type { Lock } from "../policy/lock.ts";
import { type Choosing, readIndexes, type Suite } from "./choose-release.ts";
import { readRelease } from "./release-file.ts";

/**
 * The release that a lock has of a suite, from the store, or from a mirror that has it still; undefined where the
 * lock has none. Throws NobodyDelivers.
 */
export async function lockedRelease(
  choosing: Choosing & { readonly lock: Lock },
  archive: Archive,
  root: string,
  file: string,
): Promise<Suite | undefined> {
  const path = `${root}${file}`;
  const named = choosing.lock.releases.find(
    (each) => each.archive === archive.name && each.path === path,
  );
  if (named === undefined) return undefined;
  const text = await useFile(choosing, archive, named, ({ path }) => readFile(path, "latin1"));
  const release = readRelease(text);
  const { candidates } = archive;
  if (release === undefined) throw new NobodyDelivers(archive.name, path, []);
  const found = { text, release, candidates };
  const tables = await readIndexes(choosing, archive, { root, found, isLast: true, unknown: [] });
  if (tables instanceof Map) return { ...found, root, file, tables };
  const faults = candidates.map((candidate) => ({
    ...tables,
    archive: archive.name,
    candidate,
    path,
  }));
  throw new NobodyDelivers(archive.name, path, faults);
}
