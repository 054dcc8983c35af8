/** What an image says of one archive of packages. */
export interface MirrorConfig {
  /** `debian`, `debian-security`, `raspberrypi`, `raspbian`, or a name of one's own. */
  readonly archive: string;
  /** Where its files are asked for, the most wanted first; before those that are known anyway. */
  readonly candidates: readonly string[];
  /** How sources name an archive that is known from nothing else. */
  readonly addresses: readonly string[];
  /** Undefined: what is usual for it. */
  readonly direct?: boolean;
  /** A keyring that has to have signed its releases, absolute. */
  readonly keyring?: string;
  /** The address of a service with snapshots of it. */
  readonly snapshot?: string;
}

/** How packages are fetched. */
export interface PackageConfig {
  readonly mirrors: readonly MirrorConfig[];
  /** How often all mirrors are asked again. */
  readonly retries?: number;
  /** Milliseconds that a mirror may say nothing. */
  readonly timeoutMs?: number;
  /** Lines of apt.conf(5) for the build. */
  readonly aptOptions: readonly string[];
  /** Further ones of APT_OPTS, which change what is installed: for builds without pibuild alone. */
  readonly otherAptOptions: readonly string[];
}

/** The archives that pibuild knows something of. */
export const knownArchives = ["debian", "debian-security", "raspberrypi", "raspbian"] as const;
