import type { AptSource } from "./apt-source.ts";

/** What a mirror is wanted for. */
export interface Wanted {
  readonly release: string;
  /** Debian's name, such as `arm64`. */
  readonly arch: string;
}

/** An address that may be a mirror of Debian's, by what the host's files say of it. */
export interface Candidate {
  readonly uri: string;
  /**
   * `sure`: apt itself takes it only where Debian's own keyring has signed it. `likely`: nothing speaks
   * against it. `unlikely`: it has a keyring or a name that vendors have, but may be one all the same.
   */
  readonly by: "sure" | "likely" | "unlikely";
}

const codenames = ["buster", "bullseye", "bookworm", "trixie", "forky", "duke", "sid"];
const aliases = ["oldoldstable", "oldstable", "stable", "testing", "unstable"];
const suites = new RegExp(
  `^(${[...codenames, ...aliases].join("|")})(-updates|-security|/updates)?$`,
);

/**
 * The addresses that may be Debian's, the surest first: mirrors of its archive, or of the security
 * archive. A mirror of another release serves ours as well: an archive holds them all under one address.
 */
export function candidates(
  wanted: Wanted,
  sources: readonly AptSource[],
  archive: "main" | "security",
): Candidate[] {
  const named = sources.filter((source) => hasDebiansNames(source, wanted));
  const ranked = named
    .filter((source) => isSecurity(source) === (archive === "security"))
    .map((source) => ({ source, rank: rankOf(source, named, wanted.release) }))
    .sort((a, b) => b.rank - a.rank);
  const found = new Map<string, Candidate>();
  for (const { source } of ranked) {
    if (!found.has(source.uri))
      found.set(source.uri, { uri: source.uri, by: likelihood(source, named) });
  }
  const order = ["sure", "likely", "unlikely"] as const;
  return order.flatMap((by) => [...found.values()].filter((each) => each.by === by));
}

/** Others use Debian's suite names as well, but sign with other keys. */
function hasDebiansNames({ uri, suite, components, architectures }: AptSource, { arch }: Wanted) {
  return (
    /^https?:\/\//.test(uri) &&
    suites.test(suite) &&
    components.includes("main") &&
    !uri.endsWith("/debian-ports") &&
    (architectures?.includes(arch) ?? true)
  );
}

function isSecurity({ uri, suite }: AptSource): boolean {
  return suite.endsWith("-security") || /\/debian-security$/.test(uri);
}

function likelihood(source: AptSource, all: readonly AptSource[]): Candidate["by"] {
  const key = keyRank(source);
  if (key > 0) return "sure";
  const base = suites.exec(source.suite)?.[1] ?? "";
  // `stable main` is what half of all vendors call their only suite.
  const isVendors = aliases.includes(base) && !looksLikeDebian(source, all) && !isSecurity(source);
  return key < 0 || isVendors ? "unlikely" : "likely";
}

/** Vendors have no `-updates` suite; this tells Debian from an archive beside it without a key. */
function looksLikeDebian(source: AptSource, all: readonly AptSource[]): boolean {
  return hasUpdates(source, all) || /\/debian$/.test(source.uri);
}

function hasUpdates(source: AptSource, all: readonly AptSource[]): boolean {
  return all.some(({ uri, suite }) => uri === source.uri && suite.endsWith("-updates"));
}

/** The higher, the surer that it is Debian, then that it is our release. */
function rankOf(source: AptSource, all: readonly AptSource[], release: string): number {
  const base = suites.exec(source.suite)?.[1] ?? "";
  const likely =
    keyRank(source) * 8 +
    (hasUpdates(source, all) ? 4 : 0) +
    (/\/debian$/.test(source.uri) ? 2 : 0);
  return likely + (base === release ? 1 : 0);
}

/** 1: signed by Debian's own keyring. 0: the file does not say which. -1: by somebody else's. */
function keyRank({ signedBy }: AptSource): number {
  const keyrings = signedBy.filter((key) => key.startsWith("/"));
  if (keyrings.some((path) => /\/debian-archive-[\w.-]+$/.test(path))) return 1;
  return keyrings.length > 0 ? -1 : 0;
}
