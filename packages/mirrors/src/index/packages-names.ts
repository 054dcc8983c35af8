/** Endings of an index, the one that is fetched first; others have no table. */
const endings = [".xz", ".gz", ""];

const packages = /^((?:.*\/)?)Packages(\.xz|\.gz|)$/;

/** Whether a file of a release is an index, of packages or sources, that can be read. */
export function isPackagesIndex(name: string): boolean {
  return /(?:^|\/)(?:Packages|Sources)(?:\.xz|\.gz|)$/.test(name);
}

/** The index of packages of each component in a release, for these architectures; the installer's are left out. */
export function packagesNames(names: Iterable<string>, architectures: readonly string[]): string[] {
  const best = new Map<string, string>();
  for (const name of names) {
    const [, directory, ending] = packages.exec(name) ?? [];
    if (directory === undefined || ending === undefined) continue;
    const arch = /(?:^|\/)binary-([^/]+)\/$/.exec(directory)?.[1];
    if (directory.includes("debian-installer/")) continue;
    // An archive without components has one index for all.
    if (arch === undefined ? directory !== "" : !architectures.includes(arch)) continue;
    const known = best.get(directory);
    if (known === undefined || rank(name) < rank(known)) best.set(directory, name);
  }
  return [...best.values()];
}

function rank(name: string): number {
  return endings.findIndex((ending) => name.endsWith(`Packages${ending}`));
}
