import type { RunProxy } from "../run/package-proxy.ts";
import { fetchDirectory } from "../run/paths.ts";

/** What of build.sh's config leads what it starts to the package proxy. */
export interface UpstreamProxy {
  readonly variables: Readonly<Record<string, string>>;
  /** Functions of bash. */
  readonly functions: string;
}

/** debootstrap's wget knows one proxy for all addresses: it gets it for the archives of the image alone. */
const debootstrap = `debootstrap() {
	local word proxy=()
	for word in "$@"; do
		if grep --quiet --line-regexp --fixed-strings --regexp="\${word%/}" ${fetchDirectory}/proxied; then
			proxy=("http_proxy=$(cat ${fetchDirectory}/proxy)")
		fi
	done
	env "\${proxy[@]}" debootstrap "$@"
}
export -f debootstrap
`;

/**
 * Where all that build.sh starts finds `fetchDirectory`. It is process 1 of its own namespace: its root is found
 * from inside of every chroot in which `/proc` is mounted.
 */
export const fetchOfBuild = `/proc/1/root${fetchDirectory}`;

/**
 * How apt and debootstrap reach the proxy of a run with build.sh, with no file in a tree. pi-gen's APT_PROXY would be
 * in those of its stages, and lead there what no archive of the image has.
 */
export function upstreamProxy({ url }: Pick<RunProxy, "url">): UpstreamProxy {
  if (url === undefined) return { variables: {}, functions: "" };
  return { variables: { APT_CONFIG: `${fetchOfBuild}/apt.conf` }, functions: debootstrap };
}
