import { appendFileSync } from "node:fs";
import type { Emit } from "@pibuild/core";
import type { CliContext } from "./context.ts";

/** The context of a real process: its streams, and an abort on the first signal. */
export function contextFromProcess(process: NodeJS.Process): CliContext {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // A second signal means: at once. What is left is swept at the next start.
      if (abort.signal.aborted) process.exit(130);
      abort.abort(signal);
    });
  }
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // `pibuild plan | head` has read enough.
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    process,
    env: process.env,
    cwd: process.cwd(),
    isTty: process.stderr.isTTY === true && process.env.TERM !== "dumb" && !process.env.CI,
    signal: abort.signal,
    out: (text) => void process.stdout.write(`${text}\n`),
    message: (text) => void process.stderr.write(`${text}\n`),
    emit: emitTo(process.env.PIBUILD_EVENTS),
  };
}

/** Appends events to a file, one JSON document a line. */
export function emitTo(file: string | undefined): Emit {
  if (file === undefined) return () => {};
  return (event) => appendFileSync(file, `${JSON.stringify({ at: Date.now(), ...event })}\n`);
}
