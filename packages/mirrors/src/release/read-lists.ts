import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import { tableOf } from "../index/load-table.ts";
import type { Archive } from "../policy/archive.ts";
import { routeList } from "../policy/route-list.ts";
import type { Suite } from "./choose-release.ts";
import { readRelease } from "./release-file.ts";

/**
 * What apt's lists in a directory say of an archive, such as a tree's `var/lib/apt/lists`: releases, and their indexes
 * of packages as far as these are what the release names. Tables are kept in `store`.
 */
export async function readLists(
  directory: string,
  archive: Archive,
  store: string,
): Promise<Suite[]> {
  const names = (await readdir(directory).catch(() => [])).sort();
  const suites: Suite[] = [];
  for (const name of names) {
    const routed = name.endsWith("_InRelease") ? routeList([archive], name) : undefined;
    if (routed === undefined) continue;
    const text = await readFile(join(directory, name), "latin1").catch(() => "");
    const release = readRelease(text);
    if (release === undefined) continue;
    const root = routed.path.replace(/InRelease$/, "");
    const tables: Suite["tables"] = new Map();
    const prefix = name.replace(/InRelease$/, "");
    for (const list of names.filter(
      (each) => each.startsWith(prefix) && each.endsWith("_Packages"),
    )) {
      const path = join(directory, list);
      const entry = release.entries.get(list.slice(prefix.length).replaceAll("_", "/"));
      const size = (await stat(path).catch(() => undefined))?.size;
      // A chroot may have made anything of that name.
      if (entry === undefined || size !== entry.size) continue;
      if ((await sha256File(path)) !== entry.sha256) continue;
      tables.set(entry.sha256, await tableOf(store, path, entry.sha256));
    }
    suites.push({ ...{ text, release, root, tables }, file: "InRelease", candidates: [] });
  }
  return suites;
}
