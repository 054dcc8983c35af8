import { loginVariables } from "@pibuild/cache";
import { loadCacheConfig } from "@pibuild/config";
import { createExec } from "@pibuild/core";
import type { ContainerVenue } from "@pibuild/venue";

/**
 * The variables that give a pibuild in a container this machine's login for the cache's registry: Docker's config and
 * the helpers that it names are not there. Throws CONFIG_INVALID and REGISTRY_ADDRESS.
 */
export async function cacheLogin({
  workspace,
  env,
}: Pick<ContainerVenue, "workspace" | "env">): Promise<Record<string, string>> {
  const { place } = (await loadCacheConfig(workspace, env)) ?? {};
  return place?.kind === "registry" ? loginVariables(place.address, env, createExec()) : {};
}
