/** Where things are in a guest. */
export const guestPaths = {
  repository: "/srv/pibuild",
  workspace: "/home/pi/workspace",
  store: "/home/pi/store",
  cache: "/home/pi/cache",
  /** An arm64 tree in which programs are started beside builds. */
  tree: "/srv/tree",
} as const;

/** In this directory a step says that it runs. */
export const signs = "/var/tmp/signs";

/** A word on a guest's kernel command line: the shorter list. */
export const shortWord = "pibuild.short";
