import type { Archive } from "../policy/archive.ts";
import { keyringOf } from "../policy/keyring-of.ts";
import { baseArchive, generationOf, laterHost } from "../policy/later-archive.ts";
import type { Lock, LockedPackage } from "../policy/lock.ts";

/** A later release of an archive that a lock has some packages from, as a source of an image's apt. */
export interface LaterSource {
  readonly archive: string;
  /** On this machine. */
  readonly keyring: string;
  /** Where apt, wherever it runs, finds the keyring at a path: a line of sources.list(5). */
  line(keyring: string): string;
}

/** More than what is installed and offered otherwise has, and less than what takes an older version. */
const chosen = 995;

/** The later releases of a lock. Throws USAGE where nobody says who signs one. */
export function laterSources(lock: Lock, archives: readonly Archive[]): LaterSource[] {
  return laterReleases(lock).map(({ archive, path, components = [] }) => {
    const name = baseArchive(archive);
    const rest = `http://${laterHost(archive)} ${suiteOf(path, components)}`;
    return {
      archive: name,
      keyring: keyringOf(archives.find((each) => each.name === name) ?? { name }),
      line: (keyring) => `deb [signed-by=${keyring}] ${rest}`,
    };
  });
}

/**
 * Text of apt_preferences(5) by which apt takes from later releases just what the lock has from them; undefined where
 * it has none.
 */
export function laterPreferences(lock: Lock): string | undefined {
  const hosts = [...new Set(laterReleases(lock).map(({ archive }) => laterHost(archive)))];
  if (hosts.length === 0) return undefined;
  const packages = lock.packages.filter(({ archive }) => generationOf(archive) > 0);
  return [
    ...hosts.sort().map((host) => pin("*", `origin "${host}"`, -1)),
    ...packages.map((each) => pin(nameFor(each, lock), `version ${each.version}`, chosen)).sort(),
  ].join("\n");
}

/** Suite and components by the path of a release file; an archive without suites has its directory there. */
function suiteOf(path: string, components: readonly string[]): string {
  const directory = path.replace(/\/?[^/]*$/, "");
  if (!directory.startsWith("dists/")) return `${directory || "."}/`;
  return [directory.slice("dists/".length), ...components].join(" ");
}

function laterReleases({ releases }: Lock) {
  return releases.filter(({ archive }) => generationOf(archive) > 0);
}

function pin(name: string, what: string, priority: number): string {
  return `Package: ${name}\nPin: ${what}\nPin-Priority: ${priority}\n`;
}

/** apt takes a name alone for the image's own architecture. */
function nameFor({ name, architecture }: LockedPackage, lock: Lock): string {
  return ["all", lock.architecture].includes(architecture) ? name : `${name}:${architecture}`;
}
