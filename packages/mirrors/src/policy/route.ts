import type { Archive } from "./archive.ts";

/** What of an archive is asked for. */
export interface Routed {
  readonly archive: Archive;
  /** From the archive's address on. */
  readonly path: string;
}

/**
 * The archive that an address belongs to: by its own addresses and its mirrors', the longest that fits. apt asks
 * a proxy by host: another archive of the same host as one of the policy's is its own only mirror.
 */
export function routeUrl(archives: readonly Archive[], url: string): Routed | undefined {
  const asked = normal(url);
  if (asked === undefined) return undefined;
  return byAddress(archives, asked) ?? besideOthers(archives, asked, url);
}

function besideOthers(
  archives: readonly Archive[],
  asked: string,
  url: string,
): Routed | undefined {
  const [, base, path] = /^(.*?)\/((?:dists|pool)\/.*)$/.exec(asked) ?? [];
  if (base === undefined || path === undefined) return undefined;
  const host = hostIn(base);
  const { protocol, port } = new URL(url);
  const known = archives.some(({ addresses }) =>
    addresses.some((address) => hostIn(normal(address) ?? "") === host),
  );
  // apt's method of https asks so, see `httpsMethod`.
  const address = `${port === "443" || protocol === "https:" ? "https" : "http"}://${base}`;
  return known
    ? { archive: { name: base, addresses: [address], candidates: [address] }, path }
    : undefined;
}

/** Without a port: apt asks for proxies by the name alone. */
function hostIn(address: string): string {
  return address.replace(/[:/].*$/, "");
}

function byAddress(archives: readonly Archive[], asked: string): Routed | undefined {
  let best: (Routed & { readonly length: number }) | undefined;
  for (const archive of archives) {
    for (const address of [...archive.addresses, ...archive.candidates]) {
      const prefix = `${normal(address)}/`;
      if (!asked.startsWith(prefix) || prefix.length <= (best?.length ?? 0)) continue;
      best = { archive, path: asked.slice(prefix.length), length: prefix.length };
    }
  }
  return best;
}

/** Host and path: a source may name an archive by http or https, with or without the port. */
function normal(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return undefined;
  const port =
    parsed.port === "" || parsed.port === "443" || parsed.port === "80" ? "" : `:${parsed.port}`;
  // `+` and the like stand as they are in names of packages.
  const path = safeDecode(parsed.pathname)
    .replace(/\/{2,}/g, "/")
    .replace(/\/$/, "");
  return `${parsed.hostname}${port}${path}`;
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
