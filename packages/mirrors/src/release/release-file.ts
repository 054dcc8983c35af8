import type { Sha256 } from "@pibuild/core";

/** What a release file says of a file. */
export interface ReleaseEntry {
  readonly sha256: Sha256;
  readonly size: number;
}

/** A release file of a suite, read. */
export interface ReleaseFile {
  /** By name, from the suite's directory on. */
  readonly entries: ReadonlyMap<string, ReleaseEntry>;
  /** When it was made, in milliseconds since 1970. */
  readonly date: number;
  /** Until when it holds. */
  readonly validUntil: number | undefined;
  /** Whether mirrors have its files by their content, too. */
  readonly byHash: boolean;
}

/**
 * Reads an InRelease or Release file: the fields that Debian's RepositoryFormat names. Undefined where a text
 * is none, such as a page that says that something is wrong. Signatures are not checked here.
 */
export function readRelease(text: string): ReleaseFile | undefined {
  const body = text.includes("-----BEGIN PGP") ? signedPart(text) : text;
  if (body === undefined) return undefined;
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(.*?)[ \\t\\r]*$`, "m").exec(body)?.[1];
  const date = Date.parse(field("Date") ?? "");
  const sums = /^SHA256:[ \t\r]*\n((?:[ \t][^\n]*\n?)*)/m.exec(body)?.[1];
  if (Number.isNaN(date) || sums === undefined) return undefined;
  const entries = new Map<string, ReleaseEntry>();
  for (const [, sha256, size, name] of sums.matchAll(
    /^[ \t]+([0-9a-f]{64})[ \t]+(\d+)[ \t]+(\S+)/gm,
  )) {
    if (sha256 && size && name) entries.set(name, { sha256: sha256 as Sha256, size: Number(size) });
  }
  const until = Date.parse(field("Valid-Until") ?? "");
  return {
    entries,
    date,
    validUntil: Number.isNaN(until) ? undefined : until,
    byHash: field("Acquire-By-Hash") === "yes",
  };
}

/** What lies between the two lines of a text with a signature; undefined where more than that is there. */
function signedPart(text: string): string | undefined {
  const whole =
    /^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n([\s\S]*?)\n-----BEGIN PGP SIGNATURE-----\r?\n(?:(?!-----)[^\n]*\n)+-----END PGP SIGNATURE-----\s*$/;
  return whole.exec(text)?.[1]?.concat("\n");
}
