import { type Login, splitLogins } from "@pibuild/core";

/** One place that apt takes binary packages from: one address and one suite of it. */
export interface AptSource {
  /** Without a slash at its end, and without a login. */
  readonly uri: string;
  /** The login that its address has. */
  readonly login?: Login;
  readonly suite: string;
  readonly components: readonly string[];
  /** Keyrings (paths) or fingerprints that may sign it; empty where the file does not say. */
  readonly signedBy: readonly string[];
  /** The file that names it. */
  readonly file: string;
}

/** An address without the slashes at its end, so that equal mirrors are equal strings, and its login. */
export function readUri(written: string): Pick<AptSource, "uri" | "login"> {
  const { text, logins } = splitLogins(written.replace(/\/+$/, ""));
  return { uri: text, ...(logins[0] === undefined ? {} : { login: logins[0] }) };
}
