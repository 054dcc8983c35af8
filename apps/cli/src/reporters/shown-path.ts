import { relative } from "node:path";

/** A path for people who are in `cwd`: relative where it lies below. */
export function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === "" || below.startsWith("..") ? path : below;
}
