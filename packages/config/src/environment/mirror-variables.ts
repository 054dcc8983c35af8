import type { ConfigIssue } from "@pibuild/core";
import { mirrorAddress } from "../mirrors/mirror-schema.ts";
import { type Environment, environmentIssue } from "./environment.ts";

/** A variable of pibuild's own environment that says how packages are fetched. */
export interface MirrorVariable {
  readonly description: string;
  /** The archive whose mirrors it has; undefined for what is about all. */
  readonly archive?: string;
  readonly expected: string;
  readonly pattern: RegExp;
}

const mirrors = {
  expected: "addresses without a login, with blanks between",
  pattern: /^https?:\/\/[^\s"'`$\\|@]+(?:\s+https?:\/\/[^\s"'`$\\|@]+)*$/,
};
const raspbian =
  "Mirrors of Raspbian, the most wanted first. An arm64 image takes nothing from Raspbian: it counts for sources of one's own that do.";
const number = { expected: "a whole number", pattern: /^\d{1,4}$/ };

const rows = {
  DEBIAN_MIRROR: {
    description: "Mirrors of Debian, the most wanted first. Each goes before the host's own.",
    archive: "debian",
    ...mirrors,
  },
  APT_MIRROR_RASPBERRYPI: {
    description: "Mirrors of Raspberry Pi's archive, the most wanted first.",
    archive: "raspberrypi",
    ...mirrors,
  },
  RASPBIAN_MIRROR: { description: raspbian, archive: "raspbian", ...mirrors },
  APT_MIRROR_RASPBIAN: {
    description: "The same as RASPBIAN_MIRROR; those come first.",
    archive: "raspbian",
    ...mirrors,
  },
  APT_REWRITE_MIRRORS: {
    description:
      "Further mirrors, for when those before fail: of Raspbian where an address ends with `/raspbian`, of Raspberry Pi's archive where its host begins with `archive.raspberrypi.`, of Debian's security archive with `/debian-security`, else of Debian. pibuild rewrites no source in the image for it; what `pibuild mirrors render` writes does, while others build.",
    ...mirrors,
  },
  APT_RETRIES: {
    description: "How often all mirrors of an archive are asked again for a file. Default: 3",
    ...number,
  },
  APT_TIMEOUT: {
    description: "Seconds that a mirror may say nothing before another is asked. Default: 10",
    expected: "seconds, at least 1",
    pattern: /^[1-9]\d{0,3}$/,
  },
  APT_OPTS: {
    description:
      "Options of apt-get. Those about fetching, `-o Acquire::NAME=VALUE`, hold for the build. Others, such as `--no-install-recommends` and `--fix-missing`, have no effect on a build of pibuild's, because which packages an image gets stands in its stages; `pibuild mirrors render` takes them over.",
    expected: "options such as `-o Acquire::Retries=5`",
    pattern:
      /^(?:\s*(?:-o\s*[\w:-]+=[^\s"'`\\;{}]*|--no-install-recommends|--fix-missing|-m))+\s*$/,
  },
} as const satisfies Record<string, MirrorVariable>;

export type MirrorVariableName = keyof typeof rows;

/** Every such variable. Checks and the reference page derive from it. */
export const mirrorVariables: Readonly<Record<MirrorVariableName, MirrorVariable>> = rows;

/** What is wrong with those that are set. Empty is not set. */
export function mirrorVariableIssues(env: Environment): ConfigIssue[] {
  return Object.entries(mirrorVariables).flatMap(([name, { pattern, expected }]) => {
    const value = env[name]?.trim() ?? "";
    if (value === "" || pattern.test(value)) return [];
    return [environmentIssue(name, { message: `expected ${expected}, found \`${value}\`` })];
  });
}

/** The addresses in a variable, which is valid. */
export function addressesIn(value = ""): string[] {
  return value
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => mirrorAddress.parse(word));
}
