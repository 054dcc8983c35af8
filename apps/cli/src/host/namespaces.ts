import { existsSync } from "node:fs";
import { type Exec, isPibuildError, ownProcesses } from "@pibuild/core";

/** What keeps a step from getting mounts and processes of its own. */
export type NamespaceRefusal =
  | { readonly kind: "no-proc" }
  | { readonly kind: "refused"; readonly why: string };

/** Makes the namespaces that a step gets, as root, and lets them go. Undefined where that works. */
export async function namespacesRefused(exec: Exec): Promise<NamespaceRefusal | undefined> {
  if (!existsSync("/proc/self")) return { kind: "no-proc" };
  try {
    await exec.run({ program: "unshare", args: [...ownProcesses, "--", "true"] });
    return undefined;
  } catch (error) {
    if (isPibuildError(error, "ENV_TOOL_MISSING")) return undefined;
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return { kind: "refused", why: error.data.tail.at(-1) ?? error.message };
  }
}
