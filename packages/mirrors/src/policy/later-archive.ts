import type { Archive } from "./archive.ts";

/**
 * A lock that holds most packages to one release of an archive and some to a later one has the archive twice: as
 * `debian` and as `debian+1`, for which apt has sources of its own while an image is built.
 */
const later = /^(.+)\+(\d+)$/;

/** The archive that is meant by such a name, or by its own. */
export function baseArchive(name: string): string {
  return later.exec(name)?.[1] ?? name;
}

/** How often the archive was there before; 0 for its own name. */
export function generationOf(name: string): number {
  return Number(later.exec(name)?.[2] ?? 0);
}

export function laterArchive(base: string, generation: number): string {
  return `${base}+${generation}`;
}

/** The host that apt knows it by. Nobody has one that ends so, RFC 2606. */
export function laterHost(name: string): string {
  return `${generationOf(name)}.${baseArchive(name)}.pibuild.invalid`;
}

/** The archives of a lock that are another's later release, each with that one's mirrors. */
export function laterArchives(archives: readonly Archive[], names: Iterable<string>): Archive[] {
  return [...new Set(names)].flatMap((name) => {
    const base = archives.find((each) => each.name === baseArchive(name));
    if (base === undefined || generationOf(name) === 0) return [];
    return [{ ...base, name, addresses: [`http://${laterHost(name)}`] }];
  });
}
