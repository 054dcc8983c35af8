import type { Exec } from "@pibuild/core";
import { dockerCredentials, type FindCredentials } from "@pibuild/registry";

/** GitHub's own registry: the only one that a GITHUB_TOKEN is for. */
const githubRegistry = "ghcr.io";

/**
 * What a cache's registry is asked with: a token that was given for it, else Docker's login, else the
 * token of GitHub's Actions for GitHub's registry, else nothing.
 */
export function cacheCredentials(env: NodeJS.ProcessEnv, exec: Exec): FindCredentials {
  const docker = dockerCredentials({ env, exec });
  return async (host) => {
    const { PIBUILD_CACHE_TOKEN: token = "", PIBUILD_CACHE_USER: user = "" } = env;
    if (token !== "") return { user: user || "token", password: token };
    const kept = await docker(host);
    if (kept !== undefined) return kept;
    const { GITHUB_TOKEN: github = "", GITHUB_ACTOR: actor = "" } = env;
    if (host !== githubRegistry || github === "") return undefined;
    return { user: actor || "token", password: github };
  };
}
