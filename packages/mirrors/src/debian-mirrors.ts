import type { Notice } from "@pibuild/core";
import type { AptSource } from "./apt-source.ts";
import { type Candidate, candidates, type Wanted } from "./candidates.ts";

export interface DebianMirrors {
  readonly main?: string;
  readonly security?: string;
  /** What a person should hear: of what was guessed, as nobody could be asked. */
  readonly notices: readonly Notice[];
}

/** Whether an address is a mirror of Debian's with a suite; undefined where nobody knows. */
export type Prove = (uri: string, suite: string) => Promise<boolean | undefined>;

/**
 * The Debian mirror, and the mirror of Debian's security archive, among apt's sources: the first that is
 * proved to be one. Where no proof could be had, what the files say decides, with a notice.
 * `main` is undefined where the host has none; bootstrapping tools have a default of their own.
 */
export async function debianMirrors(
  wanted: Wanted,
  sources: readonly AptSource[],
  prove: Prove = async () => undefined,
): Promise<DebianMirrors> {
  const main = await first(candidates(wanted, sources, "main"), wanted.release, prove);
  const ofSecurity = candidates(wanted, sources, "security");
  const security = await first(ofSecurity, `${wanted.release}-security`, prove);
  return {
    ...(main === undefined ? {} : { main: main.uri }),
    ...(security === undefined ? {} : { security: security.uri }),
    notices: [
      ...guess(main, "Debian's mirror", "APT_MIRROR"),
      ...guess(security, "the mirror of Debian's security archive", "APT_SECURITY_MIRROR"),
    ],
  };
}

interface Found {
  readonly uri: string;
  readonly proved: boolean;
}

async function first(
  among: readonly Candidate[],
  suite: string,
  prove: Prove,
): Promise<Found | undefined> {
  let guessed: Found | undefined;
  for (const { uri, by } of among) {
    const proved = by === "sure" || (await prove(uri, suite));
    if (proved === true) return { uri, proved };
    if (proved === undefined && by === "likely") guessed ??= { uri, proved: false };
  }
  return guessed;
}

function guess(found: Found | undefined, what: string, setting: string) {
  if (found === undefined || found.proved) return [];
  const message = `\`${found.uri}\` is taken for ${what} by its name: what it has signed could not be looked at`;
  return [{ message, hint: `set ${setting} if that is wrong` }];
}
