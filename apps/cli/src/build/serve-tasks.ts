import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { sharedResults } from "@pibuild/cache";
import { privateDirectory } from "@pibuild/core";
import type { OpenImage } from "@pibuild/graph";
import { hostDirectories } from "@pibuild/host";
import { openResults, serveTaskCache } from "@pibuild/task-cache";

/** What Nx needs to know of a build's own server. */
export interface ServedTasks extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Serves the remote cache to a build's Nx, for as long as it runs; without one, nothing. A manifest names
 * layers by digest, against which a short secret could be tried: of an image with secrets none is sent.
 */
export async function serveTasks(
  { cache, image }: Pick<OpenImage, "cache" | "image">,
  env: NodeJS.ProcessEnv,
): Promise<ServedTasks> {
  if (cache === undefined) return { env: {}, [Symbol.asyncDispose]: async () => undefined };
  const directory = join(hostDirectories(env).cache, "tasks");
  const scratch = join(directory, "on-its-way");
  for (const path of [directory, scratch]) await privateDirectory(path);
  const { own } = cache.scopes;
  const token = randomBytes(16).toString("hex");
  const server = await serveTaskCache({
    results: sharedResults({ local: openResults(directory), cache, scratch }),
    accesses: [{ token, read: [own], ...(image.secrets.length > 0 ? {} : { write: own }) }],
    scratch,
    maxBytes: 16 * 2 ** 20,
  });
  return {
    env: {
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: server.url,
      NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
