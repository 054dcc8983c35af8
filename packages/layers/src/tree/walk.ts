import type { Stats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

export interface Entry {
  readonly path: string;
  /** The path as the image sees it. */
  readonly inside: string;
  readonly stats: Stats;
}

/** Everything below a directory, children before their parents. */
export async function* walk(directory: string, inside = ""): AsyncGenerator<Entry> {
  for await (const { name } of await opendir(directory)) {
    const entry = { path: join(directory, name), inside: `${inside}/${name}` };
    const stats = await lstat(entry.path);
    if (stats.isDirectory()) yield* walk(entry.path, entry.inside);
    yield { ...entry, stats };
  }
}
