import { PibuildError } from "@pibuild/core";
import { type ContainerVenue, runInside } from "@pibuild/venue";
import type { CliContext } from "../context.ts";
import { cacheLogin } from "./cache-login.ts";
import { caller } from "./caller.ts";
import { innerArguments } from "./inner-arguments.ts";

/** Runs this very command in a container, on this process's own streams, and ends as it ends. */
export async function runInContainer(
  context: CliContext,
  venue: ContainerVenue,
  { terminal = false }: { readonly terminal?: boolean } = {},
): Promise<void> {
  const isTerminal = terminal && process.stdin.isTTY === true && process.stdout.isTTY === true;
  await using container = await runInside(venue, {
    args: innerArguments(process.argv.slice(2)),
    cwd: venue.workspace,
    input: isTerminal ? "terminal" : terminal ? "pipe" : "none",
    owner: caller(context.env),
    hidden: await cacheLogin(venue),
    interactive: true,
  });
  const { exitCode, fate } = container;
  if (fate !== "ended") {
    throw new PibuildError("CONTAINER_LOST", { engine: venue.engine.name, how: fate, exitCode });
  }
  context.process.exitCode = exitCode;
}
