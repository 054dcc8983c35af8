import type { Emit } from "@pibuild/core";
import { type Engine, inspect } from "../engine/engine.ts";
import { isGone, ownerLabel } from "./owner.ts";

interface ContainerState {
  readonly Name?: string;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> };
}

/** Removes the containers of runs that were killed. Those of live runs are not touched. */
export async function sweepContainers(engine: Engine, emit: Emit): Promise<void> {
  const filter = ["--all", "--quiet", "--filter", `label=${ownerLabel}`];
  const { stdout } = await engine.call(["ps", ...filter]);
  for (const id of stdout.split("\n").filter((line) => line !== "")) {
    const state = (await inspect(engine, "container", id)) as ContainerState | undefined;
    const owner = state?.Config?.Labels?.[ownerLabel];
    if (owner === undefined || !(await isGone(owner))) continue;
    await removeContainer(engine, id);
    emit({ type: "swept", path: `container ${state?.Name?.replace(/^\//, "") ?? id}` });
  }
}

/** Removes a container with its unnamed volumes, running or not; one that is not there is fine. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  await engine.call(["rm", "--force", "--volumes", name], {
    allowExit: [1],
    uninterrupted: true,
  });
}
