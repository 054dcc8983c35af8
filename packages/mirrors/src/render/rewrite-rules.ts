import { type ListedAddress, mirrorAddress } from "./mirror-lists.ts";

/** For sed -E: lists in the place of addresses, in both formats of sources.list(5). */
export function onRules(listed: readonly ListedAddress[]): string {
  return listed.map((each) => rule(each.address, mirrorAddress(each))).join("");
}

/** The way back. */
export function offRules(listed: readonly ListedAddress[]): string {
  return listed.map((each) => rule(mirrorAddress(each), each.address)).join("");
}

/** A whole word, with or without a slash at its end, which stays as it is. */
function rule(from: string, to: string): string {
  const pattern = from.replace(/[\\^$.|?*+()[\]{}#]/g, "\\$&");
  const text = to.replace(/[\\&#]/g, "\\$&");
  return `s#(^|[[:blank:]])${pattern}(/?)([[:blank:]]|$)#\\1${text}\\2\\3#g\n`;
}

/**
 * How names of fetched indexes begin, with an address and with its list: a line each. apt names them by the address.
 */
export function renamedLists(listed: readonly ListedAddress[]): string {
  return listed
    .map((each) => `${listName(each.address)} ${listName(mirrorAddress(each))}\n`)
    .join("");
}

/** As apt's URItoFileName: without a scheme, and what is no good in names as `%` with two digits. */
function listName(address: string): string {
  const bare = `${address.replace(/^[a-z+]+:(?:\/\/)?/, "")}/dists/`;
  const quoted = bare.replace(
    /[\\|{}[\]<>"^~_=!@#$%&*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return quoted.replaceAll("/", "_");
}
