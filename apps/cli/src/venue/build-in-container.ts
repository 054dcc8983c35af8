import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Event, PibuildError, privateDirectory } from "@pibuild/core";
import { callFlagsVariable } from "@pibuild/graph";
import { type ContainerVenue, forgetFindings, runInside } from "@pibuild/venue";
import type { CliContext } from "../context.ts";
import { TaskFailure } from "../failure/task-failure.ts";
import type { Reporter } from "../reporters/reporter.ts";
import { cacheLogin } from "./cache-login.ts";
import { caller } from "./caller.ts";
import { innerArguments } from "./inner-arguments.ts";
import { sameVenue } from "./same-venue.ts";
import type { VenueFlags } from "./venue-flags.ts";

type Finished = Extract<Event, { type: "run-finished" }>;

/**
 * Runs this very command in a container, and reports the events that come out of it as if they
 * were this process's own. Returns how it finished. Throws the build's own error, or CONTAINER_LOST.
 */
export async function buildInContainer(
  context: CliContext,
  venue: ContainerVenue,
  reporter: Reporter,
  flags: VenueFlags,
): Promise<Finished> {
  let failed: Extract<Event, { type: "task-failed" }> | undefined;
  let finished: Finished | undefined;
  const tail: string[] = [];
  const logs = join(venue.workspace, ".pibuild", "logs");
  await privateDirectory(logs);
  const logFile = join(logs, `${venue.image.name}.container.log`);
  await rm(logFile, { force: true });
  await using container = await runInside(venue, {
    args: [...innerArguments(process.argv.slice(2), ["json"]), "--events"],
    cwd: venue.workspace,
    input: "pipe",
    owner: caller(context.env),
    hidden: await cacheLogin(venue),
    variables: { [callFlagsVariable]: sameVenue(flags, context.env) },
    logFile,
    onLine(line) {
      const event = readEvent(line);
      if (event === undefined) {
        tail.push(line);
        return;
      }
      if (event.type === "task-failed") failed ??= event;
      else if (event.type === "run-finished") finished = event;
      else reporter.report(event);
    },
  });
  // Not by this process, whose own abort has been thrown.
  const stopped = failed?.code === "INTERRUPTED";
  if (failed !== undefined && !stopped) throw new TaskFailure(failed);
  const { exitCode, fate } = container;
  if (finished !== undefined && exitCode === 0) return finished;
  const how = stopped ? "killed" : fate;
  if (how === "ended" || how === "unstarted") await forgetFindings(venue.findingsFile);
  throw new PibuildError("CONTAINER_LOST", { engine: venue.engine.name, how, exitCode, tail });
}

/** An event, or undefined for a line that something else printed. */
function readEvent(line: string): Event | undefined {
  if (!line.startsWith('{"at":')) return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    // Cut short, where the container was.
    return undefined;
  }
}
