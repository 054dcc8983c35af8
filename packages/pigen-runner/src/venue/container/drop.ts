import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isPibuildError, silent } from "@pibuild/core";
import { hostDirectories } from "../../run/host-directories.ts";
import type { EngineName } from "../engine/engine.ts";
import { findEngine, type ReadyEngine } from "../engine/find-engine.ts";
import { sweepContainers } from "./leftovers.ts";
import { dedicatedNetwork } from "./network.ts";
import { cacheVolume, pigenRepository, venueRepository } from "./paths.ts";

/**
 * Removes all that containers left in the engines that answer: layers and packages, images, the
 * network, and what was found out about them. Calls back with what was removed.
 */
export async function dropContainers(
  env: NodeJS.ProcessEnv,
  removed: (what: string) => void,
): Promise<void> {
  for (const name of ["docker", "podman"] as const) {
    const ready = await answering(name, env);
    if (ready === undefined) continue;
    const { engine } = ready;
    await sweepContainers(engine, (event) => event.type === "swept" && removed(event.path));
    const remove = async (what: string, ...args: readonly string[]) => {
      const { exitCode } = await engine.call(args, { allowExit: [1, 125] });
      if (exitCode === 0) removed(`${what} of ${name}`);
    };
    await remove(`volume ${cacheVolume}`, "volume", "rm", cacheVolume);
    await remove(`network ${dedicatedNetwork.name}`, "network", "rm", dedicatedNetwork.name);
    for (const repository of [venueRepository, pigenRepository]) {
      const { stdout } = await engine.call(["images", "--quiet", repository]);
      for (const id of new Set(stdout.split("\n").filter((line) => line !== ""))) {
        await remove(`image ${repository} ${id}`, "rmi", "--force", id);
      }
    }
  }
  await rm(join(hostDirectories(env).cache, "containers"), { recursive: true, force: true });
}

/** The engine, unless it is not installed or does not answer: then it holds nothing that could be told. */
async function answering(
  name: EngineName,
  env: NodeJS.ProcessEnv,
): Promise<ReadyEngine | undefined> {
  try {
    return await findEngine(name, { env, emit: silent });
  } catch (error) {
    const codes = [
      "ENGINE_MISSING",
      "ENV_ENGINE_UNREACHABLE",
      "ENGINE_ROOTLESS",
      "ENGINE_MEMORY",
    ] as const;
    if (codes.some((code) => isPibuildError(error, code))) return undefined;
    throw error;
  }
}
