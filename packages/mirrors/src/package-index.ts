import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha256 } from "@pibuild/core";

/** By the name that apt gives a package's file: the sums that an index says it may have. */
export type PackageIndex = ReadonlyMap<string, ReadonlySet<Sha256>>;

const field = /^(?:(Package|Version|Architecture|SHA256): *(\S+))?\s*$/gm;

/**
 * What apt's signed indexes name, of all directories together: each is a tree's `var/lib/apt/lists`, or a
 * copy. An index without a signed release file beside it counts for nothing.
 */
export async function readPackageIndex(directories: readonly string[]): Promise<PackageIndex> {
  const index = new Map<string, Set<Sha256>>();
  for (const directory of directories) {
    const names = await readdir(directory).catch(() => []);
    const signed = names.flatMap(
      (name) => /^(.*_)(?:InRelease|Release\.gpg)$/.exec(name)?.[1] ?? [],
    );
    const isSigned = (name: string) => signed.some((suite) => name.startsWith(suite));
    for (const name of names.filter((each) => each.endsWith("_Packages") && isSigned(each))) {
      // A chroot may have made anything of that name.
      const text = await readFile(join(directory, name), "latin1").catch(() => "");
      readParagraphs(text, index);
    }
  }
  return index;
}

function readParagraphs(text: string, index: Map<string, Set<Sha256>>): void {
  let fields: Record<string, string> = {};
  const end = () => {
    const { Package: name, Version: version, Architecture: arch, SHA256: sum } = fields;
    fields = {};
    if (!name || !version || !arch || !sum) return;
    const file = `${name}_${quoted(version, /[_:]/g)}_${quoted(arch, /[_:.]/g)}.deb`;
    const sums = index.get(file) ?? new Set();
    index.set(file, sums.add(sum as Sha256));
  };
  for (const [line, name, value = ""] of text.matchAll(field)) {
    if (name === undefined && line.trim() === "") end();
    else if (name !== undefined) fields[name] = value;
  }
  end();
}

/** As apt's QuoteString does. */
function quoted(text: string, special: RegExp): string {
  return text.replaceAll(special, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
}
