import type { Archive } from "../policy/archive.ts";

/**
 * Lines of apt.conf(5) by which apt asks a package proxy for the archives, and for nothing else. It waits for
 * long: the proxy itself knows when a mirror is too slow, and sends no byte before it has checked all of a file.
 */
export function aptProxyLines(url: string, archives: readonly Archive[]): string[] {
  return [
    'Acquire::http::Timeout "900";',
    ...hostsOf(archives).map((host) => `Acquire::http::Proxy::${host} "${url}";`),
  ];
}

/**
 * Lines by which apt asks sources with https of the same hosts without the package proxy, which opens no tunnels.
 * Without them apt takes the proxy of http for https, too (apt-transport-https(1)). `proxy` is the machine's own.
 */
export function aptPastProxyLines(archives: readonly Archive[], proxy = ""): string[] {
  return hostsOf(archives).map((host) => `Acquire::https::Proxy::${host} "${proxy || "DIRECT"}";`);
}

function hostsOf(archives: readonly Archive[]): string[] {
  const hosts = archives.flatMap(({ addresses }) =>
    addresses.map((each) => new URL(each).hostname),
  );
  return [...new Set(hosts)].sort();
}
