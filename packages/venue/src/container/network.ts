import { isPibuildError } from "@pibuild/core";
import { type Engine, inspect } from "../engine/engine.ts";

/** The network of a container. */
export interface Network {
  readonly kind: "dedicated" | "host";
  readonly name: string;
}

export const hostNetwork: Network = { kind: "host", name: "host" };
export const dedicatedNetwork: Network = { kind: "dedicated", name: "pibuild" };

/**
 * A network of our own where the engine bridges, made on first use, else the host's. Found by
 * trying: an engine makes networks that no container can then join. `image` is one that is there.
 */
export async function findNetwork(engine: Engine, image: string): Promise<Network> {
  // Docker that was started without its bridge makes others, which lead nowhere.
  if (engine.name === "docker" && (await inspect(engine, "network", "bridge")) === undefined) {
    return hostNetwork;
  }
  try {
    if ((await inspect(engine, "network", dedicatedNetwork.name)) === undefined) {
      await engine.call(["network", "create", dedicatedNetwork.name]);
    }
    await engine.call([
      "run",
      "--rm",
      "--network",
      dedicatedNetwork.name,
      "--entrypoint",
      "true",
      image,
    ]);
    return dedicatedNetwork;
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return hostNetwork;
  }
}

/** Whether a network that was found earlier is still there. */
export async function isThere(engine: Engine, network: Network): Promise<boolean> {
  return network.kind === "host" || (await inspect(engine, "network", network.name)) !== undefined;
}
