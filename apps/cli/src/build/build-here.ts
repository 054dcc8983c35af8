import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "@pibuild/config";
import { createExec, type EventBody, type Exec } from "@pibuild/core";
import { imageNotices, type OpenImage, openImage } from "@pibuild/graph";
import { hostDirectories } from "@pibuild/host";
import { sweepRegistrations, twinVariable } from "@pibuild/twin";
import type { CliContext } from "../context.ts";
import { giveBack } from "../privilege/give-back.ts";
import { isRoot, reExecAsRoot } from "../privilege/re-exec.ts";
import type { Reporter } from "../reporters/reporter.ts";
import { deliver } from "./deliver.ts";
import type { EngineName } from "./engines.ts";
import { layeredGoal, upstreamGoal } from "./goal.ts";
import { preflight } from "./preflight.ts";
import { runTargets } from "./run-targets.ts";
import { takeFromCache } from "./take-from-cache.ts";
import { withinTime } from "./within-time.ts";

export interface BuildRequest {
  readonly image: Image;
  readonly target: string | undefined;
  readonly runner: "layered" | "upstream";
  readonly twin: boolean;
  readonly engine: EngineName;
  readonly reporter: Reporter;
}

/** How a build went: whether there was nothing to do, and where its results are. */
export interface Built {
  readonly fresh: boolean;
  readonly output: string;
}

/**
 * Builds an image up to its goal on this machine. Gives undefined where another process had to do
 * it, as root, which has reported it already.
 */
export async function buildHere(
  context: CliContext,
  { image, target, runner, twin, engine, reporter }: BuildRequest,
): Promise<Built | undefined> {
  const { env, signal } = context;
  const { workspace, name } = image;
  // Of what it says while it plans, only the cache is news: it may be all that there is to do.
  const emit = (event: EventBody) => isOfCache(event) && reporter.report(event);
  const open = await openImage({ workspace, name, env, emit, signal, image });
  const goal = runner === "upstream" ? upstreamGoal(open, target) : layeredGoal(open, target);
  const first = await goal.look();
  if (!first.fresh && runner === "layered") await takeFromCache(open, { goal, env });
  const outlook = first.fresh ? first : await goal.look();
  const { fresh } = outlook;
  if (!fresh && !isRoot()) {
    reporter.leave();
    await reExecAsRoot(context, "a build");
    return undefined;
  }
  reporter.report({ type: "run-started", image: name, ...outlook });
  for (const notice of await imageNotices(open, env, runner)) {
    reporter.report({ type: "notice", level: "warning", ...notice });
  }
  if (fresh) {
    for (const step of open.steps) {
      const { fetches } = await open.describe(step);
      const told = fetches.length === 0 ? {} : { fetches };
      reporter.report({ type: "step-cached", step: step.id, ...told });
    }
    if (isRoot()) await sweepRegistrations();
  } else {
    await preflight(open, { goal, env });
    // Between two targets nothing else would keep `clean --store` from it.
    await using _held = await open.context.scratch.hold();
    try {
      const variables = {
        ...{ ...env, ...(twin ? {} : { [twinVariable]: "0" }), ...goal.env },
        ...withoutFailed(open),
      };
      await withinTime(open.image, { signal, reporter }, (timed) =>
        runTargets(
          { ...context, env: variables, signal: timed.signal },
          open,
          { engine, target: goal.target },
          timed.reporter,
        ),
      );
      await syncResults(createExec({ signal }), [open.output, hostDirectories(env).store]);
    } finally {
      const made = ["dist", ".pibuild", ".nx"].map((path) => join(workspace, path));
      await giveBack(env, made);
    }
  }
  for (const file of await goal.results()) reporter.report({ type: "artifact-kept", ...file });
  await deliver(open.image, { goal, exec: createExec({ signal }), env, reporter });
  return { fresh: first.fresh, output: open.output };
}

/** A cache that has failed here would cost each task its patience anew. */
function withoutFailed({ cache }: OpenImage): Record<string, string> {
  if (cache === undefined || cache.reads()) return {};
  return { PIBUILD_CACHE_READ: "0", ...(cache.writes() ? {} : { PIBUILD_CACHE_WRITE: "0" }) };
}

function isOfCache({ type }: EventBody): boolean {
  return type.startsWith("cache-") || type === "artifact-written";
}

/** Waits until all that a build wrote is on the disk, with its names: one call for each filesystem. */
async function syncResults(exec: Exec, places: readonly string[]): Promise<void> {
  const there = places.filter((path) => existsSync(path));
  if (there.length > 0) await exec.run({ program: "sync", args: ["--file-system", ...there] });
}
