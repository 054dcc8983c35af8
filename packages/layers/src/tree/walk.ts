import { lstatSync, readdirSync, type Stats } from "node:fs";
import { pathBytes } from "@pibuild/core";

export interface Entry {
  /** Bytes, as every name in an image: it need not be UTF-8. */
  readonly path: Buffer;
  /** The path as the image sees it. */
  readonly inside: Buffer;
  readonly stats: Stats;
}

/**
 * Everything below a directory, children before their parents. Without waiting for each name:
 * a tree of Debian has 30,000 of them, and a promise costs more than the call.
 */
export function* walk(
  directory: string | Buffer,
  inside: Buffer = Buffer.alloc(0),
): Generator<Entry> {
  for (const name of readdirSync(directory, { encoding: "buffer" })) {
    const entry = {
      path: pathBytes(directory, name),
      inside: Buffer.concat([inside, slash, name]),
    };
    const stats = lstatSync(entry.path);
    if (stats.isDirectory()) yield* walk(entry.path, entry.inside);
    yield { ...entry, stats };
  }
}

const slash = Buffer.from("/");
