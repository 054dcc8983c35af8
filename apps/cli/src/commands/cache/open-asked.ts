import type { RemoteCache } from "@pibuild/cache";
import { findWorkspace, workspaceFileName } from "@pibuild/config";
import { type Emit, PibuildError, silent } from "@pibuild/core";
import { openCache } from "@pibuild/graph";
import type { CliContext } from "../../context.ts";

export interface AskedCache {
  readonly workspace: string;
  readonly cache: RemoteCache;
}

/** The cache that a person asks about. Throws CONFIG_MISSING where the workspace has none. */
export async function openAsked(context: CliContext, emit: Emit = silent): Promise<AskedCache> {
  const { env, signal } = context;
  const workspace = await findWorkspace(context.start);
  const cache = await openCache({ workspace, env, emit, signal });
  if (cache !== undefined) return { workspace, cache };
  const what =
    "the remote cache (`registry:` or `directory:` below `cache:`, or PIBUILD_CACHE_REGISTRY)";
  throw new PibuildError("CONFIG_MISSING", { what, file: workspaceFileName });
}
