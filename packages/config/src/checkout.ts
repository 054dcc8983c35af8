import { join, resolve } from "node:path";
import type { Environment } from "./environment/environment.ts";
import { loadPin, pinFileName } from "./pin.ts";

/** A stage that an image names so is one of pi-gen's own. */
export const upstreamPrefix = "pi-gen/";

/** pi-gen's own export, which finishes an image with stages of pi-gen. */
export const upstreamExport = `${upstreamPrefix}export-image`;

/** Where a workspace's checkouts of pi-gen lie, each under the name of its commit. */
export function checkoutsDirectory(workspace: string): string {
  return join(workspace, ".pibuild", "pi-gen");
}

export function checkoutPath(workspace: string, commit: string): string {
  return join(checkoutsDirectory(workspace), commit);
}

/**
 * Where a workspace has pi-gen: PIGEN_DIR, a checkout that is used as it is, else that of the pinned
 * commit. It need not exist. Throws CONFIG_MISSING and CONFIG_INVALID for the pin.
 */
export async function checkoutDirectory(workspace: string, env: Environment): Promise<string> {
  const { PIGEN_DIR: chosen } = env;
  if (chosen !== undefined && chosen !== "") return resolve(workspace, chosen);
  const { commit } = await loadPin(join(workspace, pinFileName));
  return checkoutPath(workspace, commit);
}
