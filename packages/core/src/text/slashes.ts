import { sep } from "node:path";

/** A path of this host with `/` between its names, as fingerprints and Linux have it. */
export function slashed(path: string, separator: string = sep): string {
  return path.replaceAll(separator, "/");
}
