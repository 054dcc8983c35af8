import { join } from "node:path";
import type { Step } from "@pibuild/pigen-stages";
import { scriptDirectory } from "./paths.ts";
import type { RunSpec } from "./run-spec.ts";

/** How a network of its own reaches the package proxy: what asks at the port on its loopback gets to the socket. */
export interface Relay {
  readonly port: number;
  readonly socket: string;
}

/** Whether a step reaches packages and nothing else. */
export function reachesPackagesOnly(
  { packagesOnly = [] }: Pick<RunSpec, "packagesOnly">,
  { stage }: Pick<Step, "stage">,
): boolean {
  return packagesOnly.includes(stage.name);
}

/**
 * What goes before a command that gets a network of its own, with loopback alone. The relay is one of the command's
 * processes: it ends with their pid namespace, as the network does.
 */
export function ownNetwork(relay: Relay | undefined): string[] {
  const script = join(scriptDirectory, "own-network.pl");
  const way = relay === undefined ? [] : [String(relay.port), relay.socket];
  return ["unshare", "--net", "perl", script, ...way, "--"];
}
