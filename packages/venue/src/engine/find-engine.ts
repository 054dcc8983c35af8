import { type Emit, findProgram, PibuildError } from "@pibuild/core";
import { askEngine, type EngineFacts, type EngineName, engineNames } from "@pibuild/host";
import { firstThatWorks } from "../first-that-works.ts";
import type { VenueChoice } from "../options.ts";
import { type Engine, openEngine } from "./engine.ts";

/** An engine that answers and can hold a build. */
export interface ReadyEngine {
  readonly engine: Engine;
  readonly info: EngineFacts;
}

/** Less and a build is killed half-way: apt, mksquashfs and xz side by side. In bytes. */
export const neededMemory = 1.75 * 1024 ** 3;

/**
 * The engine that was chosen, or the first that is installed and answers. Throws ENGINE_MISSING,
 * ENV_ENGINE_UNREACHABLE, ENGINE_WINDOWS, ENGINE_ROOTLESS and ENGINE_MEMORY.
 */
export async function findEngine(
  choice: VenueChoice["engine"],
  { env, emit, signal }: { env: NodeJS.ProcessEnv; emit: Emit; signal?: AbortSignal | undefined },
): Promise<ReadyEngine> {
  const wanted = choice === "auto" ? engineNames : [choice];
  const installed = wanted.filter((name) => findProgram(name, env) !== undefined);
  if (installed.length === 0) throw new PibuildError("ENGINE_MISSING", { engines: wanted });
  return firstThatWorks(
    installed.map((name) => ({ venue: name, open: () => ready(name, env, signal) })),
    emit,
  );
}

async function ready(
  name: EngineName,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<ReadyEngine> {
  const info = await askEngine(name, env, signal);
  if (info.state !== "answers") {
    const detail = info.state === "silent" ? info.why : "it is not installed";
    throw new PibuildError("ENV_ENGINE_UNREACHABLE", { engine: name, detail });
  }
  if (info.containers === "windows") throw new PibuildError("ENGINE_WINDOWS", { engine: name });
  if (info.rootless) throw new PibuildError("ENGINE_ROOTLESS", { engine: name });
  if (info.memory < neededMemory) {
    const { memory: bytes } = info;
    throw new PibuildError("ENGINE_MEMORY", { engine: name, bytes, neededBytes: neededMemory });
  }
  return { engine: openEngine(name, env, signal), info };
}
