import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type EventBody, removeTree } from "@pibuild/core";
import { openRun } from "@pibuild/pigen-runner";
import { readStage, type Stage } from "@pibuild/pigen-stages";
import { openRegistry } from "@pibuild/registry";
import {
  cachedStore,
  openRemote,
  type RemoteCache,
  registryDepot,
  type Scopes,
  type Signer,
  type TrustedKey,
} from "../../src/index.ts";

/** What a builder believes, and where it reads and writes. */
export interface Builder {
  readonly address: string;
  readonly scopes: Scopes;
  readonly write?: boolean;
  readonly read?: boolean;
  readonly signer?: Signer;
  readonly trusted?: readonly TrustedKey[];
}

/** How a build ended. */
export interface BuildResult {
  /** Digests of its layers. */
  readonly layers: readonly string[];
  readonly ran: readonly string[];
  readonly events: readonly EventBody[];
}

const append = (text: string) => `#!/bin/bash -e\necho "${text}" >>"\${ROOTFS_DIR}/seen"\n`;

/** Steps that take next to no time; `last` is in the last one. */
export async function writeStage(directory: string, last: string): Promise<Stage> {
  const files = {
    "prerun.sh": '#!/bin/bash -e\nmkdir -p "${ROOTFS_DIR}/etc"\n',
    // More than what a connection holds at once.
    "00-first/00-run.sh": `${append("first")}seq 400000 >"\${ROOTFS_DIR}/large"\n`,
    "01-second/00-run.sh": append("second"),
    "02-last/00-run.sh": append(last),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, "stage", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    await chmod(path, 0o755);
  }
  return readStage(join(directory, "stage"));
}

export interface BuildOptions {
  readonly parent: string;
  readonly stage: Stage;
  /** Without one, nothing is shared. */
  readonly builder?: Builder;
  /** Gets the cache before anything runs. */
  readonly onCache?: (cache: RemoteCache) => void;
}

/** Builds with a store of its own, which goes away. */
export async function buildOnce(options: BuildOptions): Promise<BuildResult> {
  const { parent, stage, builder, onCache } = options;
  const directory = await mkdtemp(join(parent, "build-"));
  const events: EventBody[] = [];
  const emit = (event: EventBody) => void events.push(event);
  const remote = builder && openBuilder(builder, emit);
  if (remote !== undefined) onCache?.(remote);
  const run = await openRun(
    { name: "t", stages: [stage], base: parent, release: "bookworm", arch: "amd64" },
    {
      ...{ directory, emit, twin: "off" },
      around: (local, scratch) =>
        remote === undefined ? local : cachedStore({ local, scratch, remote, emit }),
    },
  );
  const layers = await run.build();
  await remote?.settle();
  await removeTree(directory);
  const ran = events.flatMap((event) => (event.type === "step-finished" ? event.step : []));
  return {
    layers: layers.map(({ layer }) => layer.digest),
    ran,
    events: events.filter(({ type }) => type.startsWith("cache-")),
  };
}

/** A cache as a builder opens it, with little patience. */
export function openBuilder(builder: Builder, emit?: (event: EventBody) => void): RemoteCache {
  const { address, scopes, signer, trusted = [], read = true, write = false } = builder;
  const registry = openRegistry(address, { idleMs: 400, retryMs: 600 });
  return openRemote({
    ...{ depot: registryDepot(registry), scopes, read, write, trusted },
    ...(signer === undefined ? {} : { signer }),
    ...(emit === undefined ? {} : { emit }),
  });
}
