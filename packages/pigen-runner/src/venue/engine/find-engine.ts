import { type Emit, findProgram, isPibuildError, PibuildError } from "@pibuild/core";
import { firstThatWorks } from "../first-that-works.ts";
import type { VenueChoice } from "../options.ts";
import { type Engine, type EngineName, openEngine } from "./engine.ts";
import { type EngineInfo, infoFormat, readInfo } from "./engine-info.ts";

/** An engine that answers and can hold a build. */
export interface ReadyEngine {
  readonly engine: Engine;
  readonly info: EngineInfo;
}

/** How long an engine may take to say that it is there, in milliseconds: dead addresses never do. */
const patience = 30_000;

/** Less and a build is killed half-way: apt, mksquashfs and xz side by side. In bytes. */
export const neededMemory = 1.75 * 1024 ** 3;

/**
 * The engine that was chosen, or the first that is installed and answers. Throws ENGINE_MISSING,
 * ENV_ENGINE_UNREACHABLE, ENGINE_ROOTLESS and ENGINE_MEMORY.
 */
export async function findEngine(
  choice: VenueChoice["engine"],
  { env, emit, signal }: { env: NodeJS.ProcessEnv; emit: Emit; signal?: AbortSignal | undefined },
): Promise<ReadyEngine> {
  const wanted: readonly EngineName[] = choice === "auto" ? ["docker", "podman"] : [choice];
  const installed = wanted.filter((name) => findProgram(name, env) !== undefined);
  if (installed.length === 0) throw new PibuildError("ENGINE_MISSING", { engines: wanted });
  return firstThatWorks(
    installed.map((name) => ({ venue: name, open: () => ask(name, env, signal) })),
    emit,
  );
}

async function ask(
  name: EngineName,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<ReadyEngine> {
  const info = await infoOf(name, env, signal);
  if ("why" in info) {
    throw new PibuildError("ENV_ENGINE_UNREACHABLE", { engine: name, detail: info.why });
  }
  if (info.rootless) throw new PibuildError("ENGINE_ROOTLESS", { engine: name });
  if (info.memoryBytes < neededMemory) {
    const { memoryBytes: bytes } = info;
    throw new PibuildError("ENGINE_MEMORY", { engine: name, bytes, neededBytes: neededMemory });
  }
  return { engine: openEngine(name, env, signal), info };
}

async function infoOf(
  name: EngineName,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<EngineInfo | { readonly why: string }> {
  const limit = AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]);
  try {
    const said = await openEngine(name, env, limit).call(["info", "--format", infoFormat[name]], {
      allowExit: [1, 125],
    });
    return readInfo(name, said);
  } catch (error) {
    if (!isPibuildError(error, "INTERRUPTED") || signal?.aborted) throw error;
    return { why: `no answer in ${patience / 1000} s` };
  }
}
