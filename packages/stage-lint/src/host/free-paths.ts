import type { Word } from "@pibuild/pigen-stages";

/** Paths of the host that any script may write to, and why. Docs list them. */
export const freePaths: readonly { readonly path: string; readonly why: string }[] = [
  { path: "/tmp", why: "what lies there is temporary" },
  { path: "/var/tmp", why: "what lies there is temporary" },
  { path: "/dev", why: "devices, `/dev/null` before all" },
  { path: "/proc/self", why: "the script's own process" },
];

/**
 * Whether a word certainly names a path of the host: it begins with one as it stands. What begins
 * with a variable may be anywhere.
 */
export function isHostPath({ text, literal }: Word): boolean {
  if (!literal.startsWith("/") || (literal === "/" && text !== "/")) return false;
  return !freePaths.some(({ path }) => literal === path || literal.startsWith(`${path}/`));
}
