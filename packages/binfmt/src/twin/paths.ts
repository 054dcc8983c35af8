/**
 * Where a chroot sees the twin. A directory that every /proc has for something to be mounted on,
 * so no tree needs one. The same in native/twin.h.
 */
export const twinPath = "/proc/sys/fs/binfmt_misc";

/** Where the runner lays out what `chroot` and `capsh` need; the same in native/enter.c. */
export const twinMount = "/run/pibuild/twin";

/** Programs in whose place `twin` stands while a step runs; the same in native/main.c. */
export const standIns = ["chroot", "capsh", "apt-get"] as const;
