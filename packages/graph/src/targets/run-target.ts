import { join } from "node:path";
import { acquireLock, programsFor, requirePrograms } from "@pibuild/core";
import { namingFullDisk, prepareNamespace } from "@pibuild/pigen-runner";
import { sweepRegistrations } from "@pibuild/twin";
import type { OpenImage } from "../open/open-image.ts";
import { runUpstream, upstreamTarget } from "../upstream/run-upstream.ts";
import { runArtifacts } from "./run-artifacts.ts";
import { runDisk } from "./run-disk.ts";
import { runPayload } from "./run-payload.ts";
import { runStage } from "./run-stage.ts";

/**
 * Brings one target of an image up to date. Stages and `disk` must run as root in a mount
 * namespace of their own.
 */
export async function runTarget(open: OpenImage, target: string): Promise<void> {
  const { context } = open;
  const lock = join(context.spec.base, ".pibuild", "locks", `${open.image.name}.target`);
  // `nx run` comes here without the lock of `pibuild build`.
  await using _lock = await acquireLock(lock, () =>
    context.emit({ type: "waiting", what: `another target of ${open.image.name}` }),
  );
  await namingFullDisk(
    context.scratch,
    () => runOutside[target]?.(open) ?? runInside(open, target),
  );
}

/** Targets that read a finished disk: they mount nothing, and need no root. */
const runOutside: Readonly<Record<string, (open: OpenImage) => Promise<void>>> = {
  payload: runPayload,
  artifacts: runArtifacts,
};

/** Whether a target has to run as root, in a mount namespace of its own. */
export function needsNamespace(target: string): boolean {
  return runOutside[target] === undefined;
}

async function runInside(open: OpenImage, target: string): Promise<void> {
  const { context } = open;
  const upstream = open.image.piGen === undefined ? [] : programsFor("upstream");
  requirePrograms([...programsFor("steps"), ...programsFor("disk"), ...upstream]);
  await context.scratch.sweep(context.emit);
  await sweepRegistrations();
  if (target === upstreamTarget) return await runUpstream(open, open.upstreamUntil);
  await prepareNamespace(context.exec, context.spec);
  await (target === "disk" ? runDisk(open) : runStage(open, target));
}
