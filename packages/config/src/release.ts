/** Debian's releases that an image can be of. */
export const releases = ["bookworm", "trixie"] as const;

export type Release = (typeof releases)[number];

/** A release and an architecture, and the branch on which pi-gen builds for them. */
export interface Branch {
  readonly name: string;
  readonly release: Release;
  readonly arch: "arm64" | "armhf";
}

/** pi-gen has no setting for the architecture: each has branches of its own. There is no `trixie`. */
export const branches: readonly Branch[] = [
  { name: "bookworm-arm64", release: "bookworm", arch: "arm64" },
  { name: "bookworm", release: "bookworm", arch: "armhf" },
  { name: "arm64", release: "trixie", arch: "arm64" },
  { name: "master", release: "trixie", arch: "armhf" },
];

/** Names that people give for a release, of whichever architecture. */
const releaseNames: Readonly<Record<string, Release>> = {
  bookworm: "bookworm",
  trixie: "trixie",
  master: "trixie",
};

/** Every name that PI_GEN_BRANCH may have. */
export const branchNames = [
  ...new Set([...Object.keys(releaseNames), ...branches.map(({ name }) => name)]),
];

/**
 * What a name of PI_GEN_BRANCH says. `arch` is undefined where the name leaves it open. All is
 * undefined for a name that pi-gen does not have, or one of a release that pibuild does not build.
 */
export function readBranchName(
  name: string,
): { readonly release: Release; readonly arch: Branch["arch"] | undefined } | undefined {
  const release = releaseNames[name];
  if (release !== undefined) return { release, arch: undefined };
  return branches.find((branch) => branch.name === name);
}

/** The branch for a release and an architecture. */
export function branchOf(release: string, arch: string): string | undefined {
  return branches.find((branch) => branch.release === release && branch.arch === arch)?.name;
}
