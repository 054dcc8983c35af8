/** Debian's releases that an image can be of. */
export const releases = ["bookworm", "trixie"] as const;

export type Release = (typeof releases)[number];
