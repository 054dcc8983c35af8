import { join } from "node:path";

/** A directory that holds pi-gen and may be built with. */
export interface Checkout {
  readonly path: string;
  /** The pin's commit, which it is, byte for byte; undefined for PIGEN_DIR's, used as it is. */
  readonly commit: string | undefined;
}

/** Where a workspace's checkouts lie, each under the name of its commit. */
export function checkoutsDirectory(workspace: string): string {
  return join(workspace, ".pibuild", "pi-gen");
}

export function checkoutPath(workspace: string, commit: string): string {
  return join(checkoutsDirectory(workspace), commit);
}
