import type { Sha256 } from "@pibuild/core";

/** A package that is installed in an image, and the file that it came from. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly archive: string;
  /** From the archive's address on. */
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
}

/** A release that packages were found by. */
export interface LockedRelease {
  /** A later release of an archive, for some packages alone, has a name such as `debian+1`: see `laterArchive`. */
  readonly archive: string;
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
  /** Of a later release: those that apt is told of. */
  readonly components?: readonly string[];
}

/** All that an image takes from archives. */
export interface Lock {
  readonly image: string;
  readonly release: string;
  readonly architecture: string;
  /** Sorted by archive and path. */
  readonly releases: readonly LockedRelease[];
  /** Sorted by name, architecture and version. */
  readonly packages: readonly LockedPackage[];
}
