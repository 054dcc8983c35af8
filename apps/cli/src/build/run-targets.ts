import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { acquireLock, createExec, type Event, PibuildError, privateDirectory } from "@pibuild/core";
import { type OpenImage, upstreamTarget } from "@pibuild/graph";
import type { CliContext } from "../context.ts";
import { TaskFailure } from "../failure/task-failure.ts";
import { thisProcess } from "../privilege/owner.ts";
import type { Reporter } from "../reporters/reporter.ts";
import { type EngineName, engines } from "./engines.ts";
import { followEvents } from "./follow-events.ts";
import { serveTasks } from "./serve-tasks.ts";

/** Runs an image's targets up to one, in an engine's order, and reports what the tasks say meanwhile. */
export async function runTargets(
  context: CliContext,
  open: OpenImage,
  { engine, target }: { readonly engine: EngineName; readonly target: string },
  reporter: Reporter,
): Promise<void> {
  const { logs } = open.context;
  const { name: image, workspace } = open.image;
  const events = join(logs, "events.ndjson");
  await using _lock = await acquireLock(join(workspace, ".pibuild", "locks", image), {
    onWait: () => reporter.report({ type: "waiting", what: `another build of ${image}` }),
    signal: context.signal,
  });
  // What steps print, and what Nx keeps of it, may hold what no pattern hides.
  for (const path of [".pibuild/logs", ...(engine === "nx" ? [".nx"] : [])])
    await privateDirectory(join(workspace, path));
  await mkdir(dirname(events), { recursive: true });
  const { run, log } = engines[engine];
  await rm(join(logs, log), { force: true });
  await writeFile(events, "");
  const stopFile = join(logs, "stop");
  await rm(stopFile, { force: true });
  // An engine lets its tasks go on for all of its grace period.
  const stop = () => writeFileSync(stopFile, "");
  context.signal.addEventListener("abort", stop, { once: true });
  let failure: Extract<Event, { type: "task-failed" }> | undefined;
  try {
    await using _follow = await followEvents(events, (event) => {
      if (event.type === "task-failed") failure ??= event;
      else reporter.report(event);
    });
    await using served = await serveTasks(open, context.env);
    await run(createExec({ signal: context.signal }), {
      open,
      workspace,
      image,
      target,
      events,
      owner: await thisProcess(),
      stopFile,
      build: randomUUID(),
      env: { ...context.env, ...served.env },
      logFile: join(logs, log),
    });
  } catch (error) {
    if (context.signal.aborted) {
      const signal = String(context.signal.reason);
      throw new PibuildError("INTERRUPTED", { signal, resumes: target !== upstreamTarget });
    }
    if (failure !== undefined) throw new TaskFailure(failure);
    throw error;
  } finally {
    context.signal.removeEventListener("abort", stop);
  }
}
