import { join } from "node:path";
import { cachedStore, type RemoteCache } from "@pibuild/cache";
import { fileNames, type Image, loadPin, pinFileName } from "@pibuild/config";
import { createExec, createRedactor, type Emit, loginSecrets, silent } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import { openScratch, openStore } from "@pibuild/layers";
import { type DebianMirrors, hostDebianMirrors, hostLogins } from "@pibuild/mirrors";
import { checkTree } from "@pibuild/partitioner";
import {
  askedMemory,
  type Chain,
  openChain,
  type RunContext,
  type RunSpec,
  readSecretKey,
} from "@pibuild/pigen-runner";
import { checkBegins, checkBootstrap, checkFits } from "@pibuild/pigen-source";
import type { Stage } from "@pibuild/pigen-stages";
import { twinChoice } from "@pibuild/twin";
import { checkDisk } from "../disk/check-disk.ts";
import { diskLayout, diskVariables } from "../disk/disk-layout.ts";
import { gitState } from "./git-state.ts";
import { hintedCall } from "./hinted-call.ts";
import { openCache } from "./open-cache.ts";
import { packageSource } from "./package-source.ts";
import { packagesOnly } from "./packages-only.ts";
import { readImage } from "./read-image.ts";
import { usedLock } from "./read-lock.ts";
import { readStages } from "./read-stages.ts";
import { type UsedPiGen, usedPiGen } from "./used-pi-gen.ts";
import { stepVariables } from "./variables.ts";

/** The variable by which `pibuild build` tells the target the stage after which build.sh stops. */
export const untilVariable = "PIBUILD_UPSTREAM_UNTIL";

/** The variable by which the targets of one build know each other, see `RunContext`. */
export const buildVariable = "PIBUILD_BUILD";

/** An image with all that is needed to plan and build it. */
export interface OpenImage extends Chain {
  readonly image: Image;
  readonly stages: readonly Stage[];
  /** The version that Raspberry Pi's kernel must have in the image, where the pin says one. */
  readonly kernelVersion: string | undefined;
  /** Undefined for an image without stages of pi-gen. */
  readonly piGen: UsedPiGen | undefined;
  /** Where Debian's packages come from, where neither the image nor the environment says. */
  readonly hostMirrors: DebianMirrors;
  /** `dist/<image>`. */
  readonly output: string;
  /** What of it other machines share; undefined: nothing. */
  readonly cache: RemoteCache | undefined;
  /** The stage after which pi-gen's build.sh stops; undefined: after the last, with an image. */
  readonly upstreamUntil: string | undefined;
}

export interface OpenOptions {
  readonly workspace: string;
  readonly name: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
  /** Whether the image's lock counts for nothing. */
  readonly unlocked?: boolean;
  /** The image, where it is read already. */
  readonly image?: Image;
}

/**
 * Reads an image and its stages, and asks the host what the plan depends on. Changes nothing of the build.
 * Throws IMAGE_UNKNOWN, USAGE, CONFIG_MISSING, CONFIG_INVALID, STAGE_MISSING, LAYOUT_INVALID, ENV_CACHE_UNUSABLE, what
 * `openCache` throws,
 * and the PIGEN_ codes where a checkout of pi-gen is not what the pin says.
 */
export async function openImage(options: OpenOptions): Promise<OpenImage> {
  const { workspace, name, env = process.env, emit = silent, signal } = options;
  const directories = hostDirectories(env);
  const image = options.image ?? (await readImage({ workspace, name, env, signal }));
  checkDisk(image);
  await checkFits(image);
  const secretKey = await readSecretKey(directories.secretKey, { env, workspace });
  // Of several for one server, apt takes the first.
  const logins = [...image.logins, ...(await hostLogins())];
  const exec = createExec({
    emit,
    redact: createRedactor([secretKey, ...image.secrets, ...loginSecrets(logins)]),
    ...(signal ? { signal } : {}),
  });
  const piGen = await usedPiGen(image, { exec, env });
  const [stages, git] = await Promise.all([
    readStages(exec, image, piGen),
    gitState(exec, workspace),
  ]);
  if (image.piGen !== undefined) {
    const hint = "let the image begin with `pi-gen/stage0`, or leave its stages of pi-gen out";
    // Later ones find the tree of those below them.
    const begin = stages.filter(({ skipped }) => !skipped).slice(0, 1);
    await checkBootstrap(workspace, begin, hint);
  }
  await checkBegins(image, stages);
  const { APT_MIRROR, APT_SECURITY_MIRROR, APT_PROXY: proxy } = image.settings;
  const isSaid = APT_MIRROR !== "" && APT_SECURITY_MIRROR !== "";
  const hostMirrors: DebianMirrors = isSaid
    ? { notices: [] }
    : await hostDebianMirrors(image, { exec, file: directories.mirrors, logins, proxy, env });
  const variables = stepVariables(image, {
    ...git,
    mirrors: hostMirrors,
    disk: diskVariables(image.disk),
  });
  const spec: RunSpec = {
    ...{ name: image.name, base: workspace, stages, variables },
    ...{ secretNames: image.secretNames, textNames: fileNames, inputs: image.inputs, logins },
    ...{ release: image.release, arch: image.arch, piGen: image.piGen },
    ...{ hostDevices: image.hostDevices, sourceDateEpoch: image.sourceDateEpoch },
    packagesOnly: packagesOnly(image, stages),
    packages: await packageSource(image, {
      hostMirrors,
      logins,
      env,
      lock: options.unlocked ? undefined : await usedLock(image, env),
    }),
  };
  const cache = await openCache({ workspace, env, emit, signal });
  const [local, scratch] = [openStore(directories.store), openScratch(directories.store)];
  const store = cache === undefined ? local : cachedStore({ local, scratch, remote: cache, emit });
  const context: RunContext = {
    ...{ spec, directories, exec, emit, store, scratch },
    ...{ twin: twinChoice(env), stepMemory: askedMemory(env) },
    checkTree: (tree) => checkTree(exec, diskLayout(image.disk), tree),
    call: (words) => hintedCall(words, env),
    logs: join(workspace, ".pibuild", "logs", image.name),
    build: env[buildVariable] || undefined,
  };
  return {
    ...openChain(context, secretKey),
    image,
    stages,
    kernelVersion: await pinnedKernel(image, env),
    piGen,
    hostMirrors,
    cache,
    output: join(workspace, "dist", image.name),
    upstreamUntil: env[untilVariable] || undefined,
  };
}

/** The pin holds for an image with stages of pi-gen, unless PIGEN_DIR takes its place. */
async function pinnedKernel(
  { piGen, workspace }: Image,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (piGen === undefined || env.PIGEN_DIR) return undefined;
  return (await loadPin(join(workspace, pinFileName))).kernelVersion;
}
