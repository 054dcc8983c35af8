import type { Exec } from "@pibuild/core";
import { dockerCredentials, type FindCredentials, parseAddress } from "@pibuild/registry";

/** GitHub's own registry: the only one that a GITHUB_TOKEN is for. */
const githubRegistry = "ghcr.io";

/** How Docker's helpers call whoever has an identity token in place of a password. */
const tokenUser = "<token>";

/**
 * What a cache's registry is asked with: a token that was given for it, else Docker's login, else the
 * token of GitHub's Actions for GitHub's registry, else nothing.
 */
export function cacheCredentials(env: NodeJS.ProcessEnv, exec: Exec): FindCredentials {
  const docker = dockerCredentials({ env, exec });
  return async (host) => {
    const { PIBUILD_CACHE_TOKEN: token = "", PIBUILD_CACHE_USER: user = "" } = env;
    if (token !== "" && user === tokenUser) return { identityToken: token };
    if (token !== "") return { user: user || "token", password: token };
    const kept = await docker(host);
    if (kept !== undefined) return kept;
    const { GITHUB_TOKEN: github = "", GITHUB_ACTOR: actor = "" } = env;
    if (host !== githubRegistry || github === "") return undefined;
    return { user: actor || "token", password: github };
  };
}

/**
 * The login for a cache's registry as the variables that carry it to a process which has neither Docker's files nor its
 * helpers; empty where the registry is asked as anybody. Throws REGISTRY_ADDRESS.
 */
export async function loginVariables(
  address: string,
  env: NodeJS.ProcessEnv,
  exec: Exec,
): Promise<Record<string, string>> {
  const found = await cacheCredentials(env, exec)(parseAddress(address).host);
  if (found === undefined) return {};
  const [user, token] =
    "identityToken" in found ? [tokenUser, found.identityToken] : [found.user, found.password];
  return { PIBUILD_CACHE_USER: user, PIBUILD_CACHE_TOKEN: token };
}
