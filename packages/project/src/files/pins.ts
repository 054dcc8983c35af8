import type { Release } from "@pibuild/config";

/** A revision of pi-gen by the keys of `pi-gen-pin.env`. */
export interface PigenPin {
  readonly repo: string;
  readonly tag: string;
  readonly commit: string;
  readonly release: Release;
}

export const upstreamRepository = "https://github.com/RPi-Distro/pi-gen";

const tags: Readonly<Record<Release, readonly [tag: string, commit: string]>> = {
  bookworm: ["2026-06-18-raspios-bookworm-arm64", "d7a31c6aa09f4b867902c51da2b45807c0a1709e"],
  trixie: ["2026-06-18-raspios-trixie-arm64", "ca8aeed0ae300c2a89f55ce9617d5f96a27e99e5"],
};

/** The revision of pi-gen that new projects for a release begin with. */
export function newestPin(release: Release): PigenPin {
  const [tag, commit] = tags[release];
  return { repo: upstreamRepository, tag, commit, release };
}

/** The text of `pi-gen-pin.env`. */
export function pinText({ repo, tag, commit, release }: PigenPin): string {
  return `# The pi-gen that this project builds with. A shell can source this file; pibuild reads it strictly.
# \`pibuild sync\` fetches the tag, which has to be the commit. \`pibuild pin check\` knows newer tags.
PI_GEN_REPO=${repo}
PI_GEN_TAG=${tag}
PI_GEN_COMMIT=${commit}
RELEASE=${release}
ARCH=arm64

# Version of Raspberry Pi's kernel packages that was tested on a board. Empty: the newest one in the archive.
KERNEL_VERSION=
DEBIAN_SNAPSHOT=
`;
}
