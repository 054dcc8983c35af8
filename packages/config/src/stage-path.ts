import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { upstreamPrefix } from "./checkout.ts";

/** A stage that an image names so, and its workspace does not have, is one that pibuild brings. */
const ownPrefix = "stages/";

/**
 * The directory of a stage as an image names it: pi-gen's own, that of the workspace, or the one of
 * @pibuild/stages where the workspace has none of the name. It need not exist.
 */
export function stagePath(
  name: string,
  { workspace, piGen }: { readonly workspace: string; readonly piGen: string | undefined },
): string {
  if (piGen !== undefined && name.startsWith(upstreamPrefix))
    return join(piGen, name.slice(upstreamPrefix.length));
  const path = resolve(workspace, name);
  if (!name.startsWith(ownPrefix) || existsSync(path)) return path;
  const shipped = join(shippedStages(), name.slice(ownPrefix.length));
  return existsSync(shipped) ? shipped : path;
}

/** The stages that pibuild brings, found by name: a bundle that this file is part of lies elsewhere. */
function shippedStages(): string {
  return dirname(createRequire(import.meta.url).resolve("@pibuild/stages/package.json"));
}
