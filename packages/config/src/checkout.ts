import { join, resolve } from "node:path";
import { loadPin } from "./pin.ts";
import type { Environment } from "./resolve-settings.ts";

/** A stage that an image names so is one of pi-gen's own. */
export const upstreamPrefix = "pi-gen/";

/** The file of a workspace that pins pi-gen. */
export const pinFile = "pi-gen-pin.env";

/**
 * Where a workspace has pi-gen: PIGEN_DIR, a checkout that is used as it is, else that of the pinned
 * commit. It need not exist. Throws CONFIG_MISSING and CONFIG_INVALID for the pin.
 */
export async function checkoutDirectory(workspace: string, env: Environment): Promise<string> {
  const { PIGEN_DIR: chosen } = env;
  if (chosen !== undefined && chosen !== "") return resolve(workspace, chosen);
  const { commit } = await loadPin(join(workspace, pinFile));
  return join(workspace, ".pibuild", "pi-gen", commit);
}
