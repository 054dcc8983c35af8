import { homedir } from "node:os";
import { join } from "node:path";

/** Where pibuild keeps what outlives a run. */
export interface HostDirectories {
  readonly cache: string;
  /** Layers and records; also the runs' scratch space, so that finished layers are renamed in. */
  readonly store: string;
  /** Directories of runs in progress. */
  readonly runs: string;
  /** The state of each image's last failed step. */
  readonly failed: string;
  /** Working directories of pi-gen's build.sh, by image. */
  readonly upstream: string;
  /** Downloaded packages, by release and architecture. */
  readonly packages: string;
  /** What Node.js keeps of the compiled command line. */
  readonly compiled: string;
  readonly toolVersions: string;
  readonly secretKey: string;
}

/** From PIBUILD_CACHE and PIBUILD_STORE, else below the user's cache directory. */
export function hostDirectories(env: NodeJS.ProcessEnv = process.env): HostDirectories {
  const cache =
    env.PIBUILD_CACHE ||
    join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "pibuild");
  const store = env.PIBUILD_STORE || join(cache, "store");
  return {
    cache,
    store,
    runs: join(store, "runs"),
    failed: join(store, "failed"),
    upstream: join(store, "upstream"),
    packages: join(cache, "packages"),
    compiled: join(cache, "compiled"),
    toolVersions: join(cache, "tool-versions.json"),
    secretKey: join(cache, "secret.key"),
  };
}
