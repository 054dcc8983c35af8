/**
 * Arguments with which unshare(1) gives a program mounts of its own: what it mounts is seen by
 * nobody else, and goes away with its last process. Said in full: under systemd `/` is a shared
 * mount, and in a copy that is still shared a mount reaches the host.
 */
export const ownMounts = ["--mount", "--propagation", "private"] as const;

/**
 * The same, with a pid namespace and its `/proc`, so that all that the program starts ends with it, and a
 * host name that it may change.
 */
export const ownProcesses = [
  ...ownMounts,
  ...["--uts", "--pid", "--fork", "--kill-child", "--mount-proc"],
] as const;
