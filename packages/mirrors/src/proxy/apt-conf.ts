import type { Archive } from "../policy/archive.ts";

/**
 * Lines of apt.conf(5) by which apt asks a package proxy for the archives, and for nothing else. It waits for
 * long: the proxy itself knows when a mirror is too slow, and sends no byte before it has checked all of a file.
 */
export function aptProxyLines(url: string, archives: readonly Archive[]): string[] {
  const hosts = archives.flatMap(({ addresses }) =>
    addresses.map((each) => new URL(each).hostname),
  );
  return [
    'Acquire::http::Timeout "900";',
    ...[...new Set(hosts)].sort().map((host) => `Acquire::http::Proxy::${host} "${url}";`),
  ];
}
