import type { Named } from "../fetch/fetch-file.ts";
import type { ReleaseFile } from "./release-file.ts";

/** How mirrors have a file that a release names; undefined where it does not name it. */
export function nameOf(
  root: string,
  name: string,
  { entries, byHash }: ReleaseFile,
): Named | undefined {
  const entry = entries.get(name);
  if (entry === undefined) return undefined;
  const directory = name.slice(0, name.lastIndexOf("/") + 1);
  return {
    ...{ path: `${root}${name}`, size: entry.size, sha256: entry.sha256 },
    byHash: byHash ? `${root}${directory}by-hash/SHA256/${entry.sha256}` : undefined,
  };
}

/** The name of the file that is asked for by its content, as in `main/binary-arm64/by-hash/SHA256/...`. */
export function nameByHash(asked: string, { entries }: ReleaseFile): string | undefined {
  const [, directory, sum] = /^((?:.*\/)?)by-hash\/SHA256\/([0-9a-f]{64})$/.exec(asked) ?? [];
  if (directory === undefined) return undefined;
  for (const [name, { sha256 }] of entries) {
    if (sha256 === sum && name.slice(0, name.lastIndexOf("/") + 1) === directory) return name;
  }
  return undefined;
}
