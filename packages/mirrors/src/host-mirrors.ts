import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { AptSource } from "./apt-source.ts";
import { parseDeb822 } from "./deb822.ts";
import { parseOneLine } from "./one-line.ts";

export interface HostMirrorsOptions {
  /** Where apt's configuration is. Default: `/etc/apt`. */
  readonly aptDirectory?: string;
}

/**
 * The sources that this host's own apt uses, in apt's order: `sources.list`, then the files of
 * `sources.list.d` by name. A host without apt has none.
 */
export async function hostMirrors({
  aptDirectory = "/etc/apt",
}: HostMirrorsOptions = {}): Promise<AptSource[]> {
  const parts = join(aptDirectory, "sources.list.d");
  const names = (await readdir(parts).catch(absent)) ?? [];
  const files = [
    join(aptDirectory, "sources.list"),
    ...names
      .filter(isSourceFile)
      .sort()
      .map((name) => join(parts, name)),
  ];
  const sources: AptSource[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(absent);
    if (text === undefined) continue;
    sources.push(...(file.endsWith(".sources") ? parseDeb822 : parseOneLine)(text, file));
  }
  return sources;
}

/** apt skips other names, such as the `.save` and `.dpkg-old` files that tools leave behind. */
function isSourceFile(name: string): boolean {
  return /^[\w.-]+\.(?:list|sources)$/.test(basename(name));
}

/** Sources may hold passwords and be closed to us: then they are none that we can use. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (["ENOENT", "ENOTDIR", "EACCES", "EISDIR"].includes(error.code ?? "")) return undefined;
  throw error;
}
