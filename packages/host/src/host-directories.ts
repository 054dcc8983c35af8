import { homedir } from "node:os";
import { join } from "node:path";

/** Where pibuild keeps what outlives a run. */
export interface HostDirectories {
  readonly cache: string;
  /** Where the local store and the scratch space lie. What is in it, they alone know. */
  readonly store: string;
  /** Downloaded packages, by release and architecture. */
  readonly packages: string;
  /** Packages and indexes by content: PIBUILD_PACKAGES, such as `pibuild lock export` writes. */
  readonly packageStore: string;
  /** What Node.js keeps of the compiled command line. */
  readonly compiled: string;
  readonly toolVersions: string;
  /** What mirrors answered. */
  readonly mirrors: string;
  readonly secretKey: string;
}

/** From PIBUILD_CACHE and PIBUILD_STORE, else below the user's cache directory. */
export function hostDirectories(env: NodeJS.ProcessEnv = process.env): HostDirectories {
  const cache =
    env.PIBUILD_CACHE ||
    join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "pibuild");
  return {
    cache,
    store: env.PIBUILD_STORE || join(cache, "store"),
    packages: join(cache, "packages"),
    packageStore: env.PIBUILD_PACKAGES || join(cache, "packages", "by-content"),
    compiled: join(cache, "compiled"),
    toolVersions: join(cache, "tool-versions.json"),
    mirrors: join(cache, "mirrors.json"),
    secretKey: join(cache, "secret.key"),
  };
}
