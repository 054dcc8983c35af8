import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";

export interface Entry {
  readonly path: string;
  /** The path as the image sees it. */
  readonly inside: string;
  readonly stats: Stats;
}

/**
 * Everything below a directory, children before their parents. Without waiting for each name:
 * a tree of Debian has 30,000 of them, and a promise costs more than the call.
 */
export function* walk(directory: string, inside = ""): Generator<Entry> {
  for (const name of readdirSync(directory)) {
    const entry = { path: join(directory, name), inside: `${inside}/${name}` };
    const stats = lstatSync(entry.path);
    if (stats.isDirectory()) yield* walk(entry.path, entry.inside);
    yield { ...entry, stats };
  }
}
