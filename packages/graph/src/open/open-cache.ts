import { readFile } from "node:fs/promises";
import {
  cacheCredentials,
  directoryDepot,
  openRemote,
  parsePrivateKey,
  parsePublicKey,
  type RemoteCache,
  registryDepot,
  type Signer,
  scopesOf,
} from "@pibuild/cache";
import { type CacheConfig, loadCacheConfig, workspaceFileName } from "@pibuild/config";
import { createExec, createRedactor, type Emit, PibuildError } from "@pibuild/core";
import { openRegistry } from "@pibuild/registry";

export interface CacheOptions {
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  readonly emit: Emit;
  readonly signal: AbortSignal | undefined;
}

/**
 * The remote cache that a workspace asks for; undefined where it asks for none. Asks the cache nothing.
 * Throws CONFIG_INVALID, REGISTRY_ADDRESS and CACHE_KEY_INVALID.
 */
export async function openCache({
  workspace,
  env,
  emit,
  signal,
}: CacheOptions): Promise<RemoteCache | undefined> {
  const config = await loadCacheConfig(workspace, env);
  if (config === undefined) return undefined;
  const { place, read, write, scope, timeoutMs, trust } = config;
  const exec = createExec({ redact: createRedactor(config.secrets) });
  // Every process of a build asks; what does not answer at all has not that long.
  const patience = { idleMs: timeoutMs, retryMs: timeoutMs / 3, signal };
  const depot =
    place.kind === "directory"
      ? directoryDepot(place.path)
      : registryDepot(
          openRegistry(place.address, { ...patience, credentials: cacheCredentials(env, exec) }),
        );
  const where = `\`trust:\` in \`${workspaceFileName}\``;
  return openRemote({
    ...{ depot, read, write, emit },
    scopes: scopesOf(scope, config.protected),
    signer: await readSigner(config),
    trusted: trust.map(({ key, scopes }) => parsePublicKey(key, where, scopes)),
  });
}

/** A reader needs no key, and so none that is there. */
async function readSigner({ sign, write }: CacheConfig): Promise<Signer | undefined> {
  if (sign === undefined || !write) return undefined;
  if ("text" in sign) return parsePrivateKey(sign.text, sign.place);
  const text = await readFile(sign.file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const problem = `it cannot be read: ${error.code}`;
    throw new PibuildError("CACHE_KEY_INVALID", { place: sign.place, problem });
  });
  return parsePrivateKey(text, sign.place);
}
