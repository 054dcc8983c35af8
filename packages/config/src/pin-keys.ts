/** One key of `pi-gen-pin.env`: the single place that says what it is. Checks, hints and docs derive from it. */
export interface PinRow {
  readonly description: string;
  readonly pattern: RegExp;
  /** Words for what the value has to be, as in "expected ...". */
  readonly expected: string;
  /** What to do about another value. */
  readonly hint: string;
}

const rows = {
  PI_GEN_REPO: {
    description: "Address of pi-gen's git repository.",
    pattern: /^(?:https?|ssh|git|file):\/\/\S+$|^\/\S+$/,
    expected: "a git address",
    hint: "write it whole, such as https://github.com/RPi-Distro/pi-gen",
  },
  PI_GEN_TAG: {
    description: "The tag to build with. Its name says which release and architecture it is for.",
    pattern: /^[\w.][\w./+-]*$/,
    expected: "a git tag",
    hint: "write the name of a tag of PI_GEN_REPO, such as 2026-06-18-raspios-trixie-arm64",
  },
  PI_GEN_COMMIT: {
    description: "The commit of the tag. It decides what is built; a tag that moves is an error.",
    pattern: /^[0-9a-f]{40}$/,
    expected: "40 hexadecimal digits",
    hint: "write the whole commit, as `git ls-remote --tags` prints it: a short one can become ambiguous",
  },
  RELEASE: {
    description: "Debian release of the tag.",
    pattern: /^(?:bookworm|trixie)$/,
    expected: "bookworm or trixie",
    hint: "write the release that PI_GEN_TAG names",
  },
  ARCH: {
    description: "Architecture of the tag. Each architecture has its own branches and tags.",
    pattern: /^arm64$/,
    expected: "arm64",
    hint: "pibuild builds arm64; choose a tag for it",
  },
  KERNEL_VERSION: {
    description:
      "Version of Raspberry Pi's kernel packages that was tested on a board. Empty: the newest one in the archive.",
    pattern: /^[\w.+:~-]*$/,
    expected: "a package version, or nothing",
    hint: "write what `apt-cache policy` prints for the kernel's package, or leave it empty",
  },
  DEBIAN_SNAPSHOT: {
    description:
      "A time at which a service of snapshots has what mirrors have no more: `snapshot:` of an archive below `mirrors:` in image.yaml names the service. A time soon after the image's lock was written is right. Empty: no service is asked.",
    pattern: /^(?:\d{8}T\d{6}Z)?$/,
    expected: "a time such as 20260101T000000Z, or nothing",
    hint: "write it in UTC, as services of snapshots do",
  },
} as const satisfies Record<string, PinRow>;

export type PinKey = keyof typeof rows;
export const pinKeys: Readonly<Record<PinKey, PinRow>> = rows;

export function isPinKey(key: string): key is PinKey {
  return Object.hasOwn(rows, key);
}
