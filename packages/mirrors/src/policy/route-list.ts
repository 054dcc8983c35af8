import type { Archive } from "./archive.ts";
import { type Routed, routeUrl } from "./route.ts";

/** The file of an archive that apt keeps as a list of this name: it writes addresses with `_` in place of `/`. */
export function routeList(archives: readonly Archive[], name: string): Routed | undefined {
  return routeUrl(archives, listAddress(name));
}

/** The address behind the name of a list. */
export function listAddress(name: string): string {
  // A `_` of the address itself is `%5f` there.
  return `http://${decodeURIComponent(name.replaceAll("_", "/"))}`;
}
