import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { enterDirectory, ForeignDirectory, PibuildError, trustedOwners } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";

/**
 * Whose directories root may work in: the workspace's owner is one, whose scripts it runs. Undefined for
 * any other user.
 */
export async function ownersFor(
  env: NodeJS.ProcessEnv,
  workspace: string,
): Promise<ReadonlySet<number> | undefined> {
  return trustedOwners(env, [(await stat(workspace)).uid]);
}

/** Throws ENV_CACHE_UNUSABLE where root would keep its layers, or sweep, in a directory of somebody else. */
export async function refuseForeignCache(env: NodeJS.ProcessEnv, workspace: string): Promise<void> {
  const owners = await ownersFor(env, workspace);
  if (owners === undefined) return;
  const { cache, store } = hostDirectories(env);
  for (const path of [cache, store]) await refuseForeign(path, owners);
}

async function refuseForeign(path: string, owners: ReadonlySet<number>): Promise<void> {
  try {
    await using _entered = await enterDirectory(path, owners);
  } catch (error) {
    if (!(error instanceof ForeignDirectory)) {
      // Where it is not there yet, or is none, its nearest directory counts; who uses it says the rest.
      return path === dirname(path) ? undefined : await refuseForeign(dirname(path), owners);
    }
    const reason = `${error.message}, who could lead root elsewhere`;
    throw new PibuildError("ENV_CACHE_UNUSABLE", { path, reason }, { cause: error });
  }
}
