import { join, resolve } from "node:path";
import {
  createExec,
  createRedactor,
  type Emit,
  formatCommand,
  loginSecrets,
  silent,
} from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import {
  type LayerRecord,
  openScratch,
  openStore,
  type Scratch,
  type Store,
} from "@pibuild/layers";
import { type TwinChoice, twinChoice } from "@pibuild/twin";
import { buildChain } from "./build/build-chain.ts";
import { copyTree } from "./build/copy-tree.ts";
import { type Chain, openChain } from "./plan/chain.ts";
import { readSecretKey } from "./plan/secret-key.ts";
import { prepareNamespace } from "./run/prepare-namespace.ts";
import type { RunSpec } from "./run/run-spec.ts";

export interface RunOptions {
  /** Keeps layers and packages. */
  readonly directory: string;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
  /** How programs of another architecture are run. Default: PIBUILD_TWIN, or the best of this host. */
  readonly twin?: TwinChoice;
  /** Puts another store around the one in the directory, such as one with a remote cache behind it. */
  readonly around?: (local: Store, scratch: Scratch) => Store;
}

/** A run of stages, without an image around it. */
export interface Run extends Chain {
  /**
   * Runs the steps that are not cached, and gives all layers, bottom first. Must run as root in a mount
   * namespace of its own, such as `unshare --mount --propagation private` makes. Throws STEP_FAILED.
   */
  build(): Promise<readonly LayerRecord[]>;
  /** Copies the tree of these layers to a directory that does not exist yet. */
  copyTree(layers: readonly LayerRecord[], to: string): Promise<void>;
}

/** Opens a run. What a specification leaves out is empty. Throws ENV_CACHE_UNUSABLE. */
export async function openRun(
  given: Partial<RunSpec> & Pick<RunSpec, "name" | "stages" | "release" | "arch">,
  options: RunOptions,
): Promise<Run> {
  const { emit = silent, signal, twin = twinChoice(process.env) } = options;
  const directory = resolve(options.directory);
  const directories = hostDirectories({ PIBUILD_CACHE: directory });
  const spec: RunSpec = {
    ...{
      base: process.cwd(),
      variables: {},
      secretNames: [],
      textNames: [],
      logins: [],
      inputs: [],
    },
    ...{ sourceDateEpoch: 0, ...given },
    ...(given.root === undefined ? {} : { root: resolve(given.root) }),
  };
  const secretKey = await readSecretKey(directories.secretKey, { env: process.env });
  const secrets = [
    secretKey,
    ...spec.secretNames.map((name) => spec.variables[name] ?? ""),
    ...loginSecrets(spec.logins),
  ];
  const exec = createExec({ emit, redact: createRedactor(secrets), ...(signal ? { signal } : {}) });
  const [local, scratch] = [openStore(directories.store), openScratch(directories.store)];
  const store = options.around?.(local, scratch) ?? local;
  const chain = openChain(
    {
      ...{
        spec,
        directories,
        exec,
        emit,
        twin,
        stepMemory: undefined,
        call: (words) => formatCommand(["pibuild", ...words]),
      },
      ...{ store, scratch },
      logs: join(directory, "logs", spec.name),
    },
    secretKey,
  );
  return {
    ...chain,
    async build() {
      await chain.context.scratch.sweep(emit);
      await prepareNamespace(exec, spec);
      return await buildChain(chain);
    },
    copyTree: (layers, to) => copyTree(chain.context, layers, to),
  };
}
