import { createExec, type Exec } from "@pibuild/core";
import type { CommandContext } from "@stricli/core";

/** What commands get from the process that they run in. */
export interface CliContext extends CommandContext {
  readonly process: CommandContext["process"] & { exitCode?: number | string | null | undefined };
  readonly platform: NodeJS.Platform;
  readonly exec: Exec;
  /** Data, for programs and pipes. */
  out(text: string): void;
  /** Messages, for people. */
  message(text: string): void;
}

/** The context of a real process; a signal ends what it has started. */
export function contextFromProcess(process: NodeJS.Process): CliContext {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => abort.abort(signal));
  }
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // `pibuild-binfmt status | head` has read enough.
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    process,
    platform: process.platform,
    exec: createExec({ signal: abort.signal }),
    out: (text) => void process.stdout.write(`${text}\n`),
    message: (text) => void process.stderr.write(`${text}\n`),
  };
}
