import { type Login, splitLogins } from "@pibuild/core";
import type { SourceOptions } from "./options.ts";

/** One place that apt takes binary packages from: one address and one suite of it. */
export interface AptSource extends SourceOptions {
  /** Without a slash at its end, and without a login. */
  readonly uri: string;
  /** The login that its address has. */
  readonly login?: Login;
  readonly suite: string;
  readonly components: readonly string[];
  /** The file that names it. */
  readonly file: string;
}

/** A line or stanza that is left out, because it has something that is not known here. */
export interface UnknownSource {
  readonly file: string;
  readonly unknown: string;
}

/** What a file of sources has. */
export interface Sources {
  readonly sources: readonly AptSource[];
  readonly passedOver: readonly UnknownSource[];
}

/** An address without the slashes at its end, so that equal mirrors are equal strings, and its login. */
export function readUri(written: string): Pick<AptSource, "uri" | "login"> {
  const { text, logins } = splitLogins(written.replace(/\/+$/, ""));
  return { uri: text, ...(logins[0] === undefined ? {} : { login: logins[0] }) };
}
