import { rm } from "node:fs/promises";
import { join } from "node:path";
import { askEngine, engineNames, hostDirectories } from "@pibuild/host";
import { openEngine } from "../engine/engine.ts";
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
  for (const name of engineNames) {
    if ((await askEngine(name, env)).state !== "answers") continue;
    const engine = openEngine(name, env);
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
