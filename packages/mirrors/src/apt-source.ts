/** One place that apt takes binary packages from: one address and one suite of it. */
export interface AptSource {
  /** Without a slash at its end. */
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** Keyrings (paths) or fingerprints that may sign it; empty where the file does not say. */
  readonly signedBy: readonly string[];
  /** The file that names it. */
  readonly file: string;
}

/** An address without the slashes at its end, so that equal mirrors are equal strings. */
export function trimUri(uri: string): string {
  return uri.replace(/\/+$/, "");
}
