import { lstat, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { InputEntry } from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import { hostPath, visiblePath } from "./paths.ts";
import type { RunSpec } from "./run-spec.ts";

/** What a step sees of the workspace, by the path at which it does. */
export interface Shown {
  /** The file or directory of the host that is to stand there. */
  readonly binds: Map<string, string>;
  /** The text of the symlink that is to stand there. */
  readonly links: Map<string, string>;
}

/** As many links as Linux follows, path_resolution(7). */
const mostLinks = 40;

/**
 * Finds out what has to stand where for a step to see these files, and no others: directories of
 * which all counts as a whole, and what relative symlinks lead to, link by link.
 */
export async function findShown(
  spec: Pick<RunSpec, "base" | "stages">,
  { stage }: Pick<Step, "stage">,
  entries: readonly InputEntry[],
): Promise<Shown> {
  const shown: Shown = { binds: new Map(), links: new Map() };
  const { path } = visiblePath(spec.base, stage.path);
  const tops = entries.map((entry) => entry.path.replace(/\/.*/s, ""));
  const symlinks = entries.filter(({ type }) => type === "symlink").map((entry) => entry.path);
  for (const name of new Set([...tops, ...symlinks])) await reveal(spec, shown, path, name);
  const directories = [...shown.binds.keys()];
  const isCovered = (at: string) => directories.some((other) => at.startsWith(`${other}/`));
  for (const found of [shown.binds, shown.links]) {
    for (const at of [...found.keys()].filter(isCovered)) found.delete(at);
  }
  return shown;
}

/** Goes along a path as Linux does, and notes each link on the way and what is at its end. */
async function reveal(
  spec: Pick<RunSpec, "base" | "stages">,
  { binds, links }: Shown,
  directory: string,
  path: string,
): Promise<void> {
  const left = path.split("/");
  let [at, followed] = [directory, 0];
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const next = join(at, name);
    const host = hostPath(spec, next);
    const stats = host === undefined ? undefined : await lstat(host).catch(() => undefined);
    // A script misses it, too.
    if (host === undefined || stats === undefined) return;
    if (!stats.isSymbolicLink()) {
      at = next;
      continue;
    }
    const text = await readlink(host);
    links.set(next, text);
    followed += 1;
    // An absolute one is meant for the image.
    if (text.startsWith("/") || followed > mostLinks) return;
    at = dirname(next);
    left.unshift(...text.split("/"));
  }
  const host = hostPath(spec, at);
  if (host !== undefined) binds.set(at, host);
}
