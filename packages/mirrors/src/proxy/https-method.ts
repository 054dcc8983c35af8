import type { Archive } from "../policy/archive.ts";

/**
 * A method of apt, as a script, by which sources with https go through a package proxy too: a proxy cannot look into
 * what is encrypted from end to end. What is asked of a host of these archives is asked of the proxy in plain HTTP,
 * with the port of https, by apt's own method; apt itself does not learn of it. Other hosts are asked as ever. The
 * messages between apt and a method are those of apt's doc/method.md.
 */
export function httpsMethod(archives: readonly Archive[]): string {
  const hosts = archives.flatMap(({ addresses }) =>
    addresses.map((each) => new URL(each).hostname.replaceAll(".", "\\.")),
  );
  const known = `(${[...new Set(hosts)].sort().join("|")})`;
  const there = `s#^(URI: )https://${known}/#\\1http://\\2:443/#`;
  const back = `s#^(URI: )http://${known}:443/#\\1https://\\2/#`;
  return `#!/bin/sh\nsed -u -E '${there}' | /usr/lib/apt/methods/https | sed -u -E '${back}'\n`;
}

/** The line of apt.conf(5) that leads to it. */
export function httpsMethodLine(path: string): string {
  return `Dir::Bin::Methods::https "${path}";`;
}
