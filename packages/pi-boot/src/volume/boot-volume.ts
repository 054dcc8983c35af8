/** The files of a boot partition, by paths from its top, as the firmware writes them: `a/b.img`. */
export interface BootVolume {
  /** The content of a file, if it is there and has at most `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Buffer | undefined>;
  /** Whether there is such a file, and anything in it. */
  has(path: string): Promise<boolean>;
  /** The names in a directory; none where there is no such directory. */
  list(path: string): Promise<readonly string[]>;
}

/** The steps of a path; undefined where it leads out of the partition. */
export function pathSteps(path: string): string[] | undefined {
  const steps = path.split("/").filter((step) => step !== "" && step !== ".");
  return steps.includes("..") ? undefined : steps;
}
