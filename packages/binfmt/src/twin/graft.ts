import { twinPath } from "./paths.ts";

/** Where this machine's libraries lie in a Debian tree, and what its loader is called there. */
export const libraries = "/usr/lib/x86_64-linux-gnu";
const loader = "/lib64/ld-linux-x86-64.so.2";

/**
 * Paths compiled into the loader: where it looks for libraries. Neither the target's libraries
 * nor its list of libraries to preload are of use to a program of this machine.
 */
export function graftLoader(bytes: Buffer): void {
  replaceAll(bytes, `${libraries}/\0`, `${twinPath}//\0`);
  replaceAll(bytes, "\0/lib/x86_64-linux-gnu/\0", "\0/nowhere//////////////\0");
  replaceAll(bytes, "/etc/ld.so.preload\0", "/nowhere/////////.\0");
  replaceAll(bytes, "/etc/ld.so.cache\0", "/nowhere///////.\0");
}

/** A program or library finds the loader, and what it opens by itself, in the twin. */
export function graftPaths(bytes: Buffer): void {
  replaceAll(bytes, loader, `${twinPath}/ld`);
  replaceAll(bytes, libraries, `${twinPath}/`);
}

/**
 * dpkg and apt know their architecture as a constant, apt also as a number within its code. The
 * target's name is as long, so its letters can take the place; the answer is asked for before use.
 */
export function graftArchitecture(bytes: Buffer): void {
  // In apt's code the name is split into a number of four bytes and one of one.
  replaceAll(bytes, "amd6", "arm6");
}

/**
 * perl takes the text of its modules from the tree. The target's path is longer by a letter, so
 * it is spelled without /usr, and filled up with slashes.
 */
export function graftPerl(bytes: Buffer): void {
  for (const path of ["perl5/5.", "perl-base", "perl/5."]) {
    replacePath(bytes, `${libraries}/${path}`, `/lib/aarch64-linux-gnu/${path}`);
  }
}

/**
 * apt's own libraries fit exactly one version of apt, and all libraries lie in one directory: those
 * of an older version get other names of the same length. What else programs load keeps its
 * interface within a release, and the newest of it serves all.
 */
const olderNames = [
  ["libapt-pkg.so", "libapt-old.so"],
  ["libapt-private.so", "libapt-earlier.so"],
] as const;

export function graftOlder(bytes: Buffer): void {
  for (const [name, older] of olderNames) replaceAll(bytes, name, older);
}

/** What a library is called in its package. */
export function ungraftedName(library: string): string {
  const names = olderNames.find(([, older]) => library.startsWith(older));
  return names === undefined ? library : library.replace(names[1], names[0]);
}

/** Replaces every occurrence by a text of the same length. */
function replaceAll(bytes: Buffer, from: string, to: string): void {
  if (from.length !== to.length) throw new Error(`${from} and ${to} are not equally long`);
  for (
    let at = bytes.indexOf(from, 0, "latin1");
    at !== -1;
    at = bytes.indexOf(from, at + 1, "latin1")
  ) {
    bytes.write(to, at, "latin1");
  }
}

/** Replaces the start of every path that begins so, and fills the path's end with slashes. */
function replacePath(bytes: Buffer, from: string, to: string): void {
  for (
    let at = bytes.indexOf(from, 0, "latin1");
    at !== -1;
    at = bytes.indexOf(from, at + 1, "latin1")
  ) {
    const end = bytes.indexOf(0, at);
    const path = to + bytes.toString("latin1", at + from.length, end);
    bytes.write(path.padEnd(end - at, "/"), at, "latin1");
  }
}
