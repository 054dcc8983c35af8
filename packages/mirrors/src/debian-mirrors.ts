import type { AptSource } from "./apt-source.ts";

export interface DebianMirrors {
  readonly main?: string;
  readonly security?: string;
}

const codenames = ["buster", "bullseye", "bookworm", "trixie", "forky", "duke", "sid"];
const aliases = ["oldoldstable", "oldstable", "stable", "testing", "unstable"];
const suites = new RegExp(
  `^(${[...codenames, ...aliases].join("|")})(-updates|-security|/updates)?$`,
);

/**
 * The Debian mirror, and the mirror of Debian's security archive, among apt's sources. A mirror of
 * another Debian release serves ours as well: an archive holds them all under one address.
 * `main` is undefined where the host has none; bootstrapping tools have a default of their own.
 */
export function debianMirrors(release: string, sources: readonly AptSource[]): DebianMirrors {
  const debian = sources.filter(isDebian);
  const main = best(
    debian.filter((source) => !isSecurity(source)),
    (source) => mainRank(source, debian, release),
  );
  const security = best(debian.filter(isSecurity), (source) => keyRank(source));
  return {
    ...(main === undefined ? {} : { main }),
    ...(security === undefined ? {} : { security }),
  };
}

/** Whether the source may be Debian's. Others use Debian's suite names, but sign with other keys. */
function isDebian(source: AptSource): boolean {
  return (
    /^https?:\/\//.test(source.uri) &&
    suites.test(source.suite) &&
    source.components.includes("main") &&
    !source.uri.endsWith("/debian-ports") &&
    keyRank(source) >= 0
  );
}

function isSecurity({ uri, suite }: AptSource): boolean {
  return suite.endsWith("-security") || /\/debian-security$/.test(uri);
}

/** The higher, the surer that it is Debian, then that it is our release. Below 0: not taken. */
function mainRank(source: AptSource, all: readonly AptSource[], release: string): number {
  const base = suites.exec(source.suite)?.[1] ?? "";
  // Vendors have no `-updates` suite; this tells Debian from an archive beside it without a key.
  const hasUpdates = all.some(({ uri, suite }) => uri === source.uri && suite.endsWith("-updates"));
  const likely =
    keyRank(source) * 8 + (hasUpdates ? 4 : 0) + (/\/debian$/.test(source.uri) ? 2 : 0);
  // `stable main` is what half of all vendors call their only suite.
  if (likely === 0 && aliases.includes(base)) return -1;
  return likely + (base === release ? 1 : 0);
}

/** 1: signed by Debian's own keyring. 0: the file does not say which. -1: by somebody else's. */
function keyRank({ signedBy }: AptSource): number {
  const keyrings = signedBy.filter((key) => key.startsWith("/"));
  if (keyrings.some((path) => /\/debian-archive-[\w.-]+$/.test(path))) return 1;
  return keyrings.length > 0 ? -1 : 0;
}

/** The address of the first of the sources with the highest rank, if that is no refusal. */
function best(
  sources: readonly AptSource[],
  rank: (source: AptSource) => number,
): string | undefined {
  let found: { uri: string; rank: number } | undefined;
  for (const source of sources) {
    const value = rank(source);
    if (value >= 0 && (found === undefined || value > found.rank)) {
      found = { uri: source.uri, rank: value };
    }
  }
  return found?.uri;
}
