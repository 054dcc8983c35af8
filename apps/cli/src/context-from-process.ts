import { appendFileSync, existsSync } from "node:fs";
import { createRedactor, type Emit, PibuildError } from "@pibuild/core";
import type { CliContext } from "./context.ts";
import { watchOwner } from "./privilege/owner.ts";
import { calledAs } from "./terminal/called-as.ts";
import { wrappedStream } from "./terminal/wrapped-stream.ts";

/** Signals within this many milliseconds of the first are the same one. */
const limitMs = 1000;

/** Whatever is said, an address in it has no login. */
const redact = createRedactor();
const redacted = (_key: string, value: unknown) =>
  typeof value === "string" ? redact(value) : value;

/** The context of a real process: its streams, and an abort on the first signal. */
export function contextFromProcess(process: NodeJS.Process): CliContext {
  const abort = new AbortController();
  const { PIBUILD_OWNER: owner, PIBUILD_STOP: stopFile } = process.env;
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      first ??= performance.now();
      // A second signal means: at once. What is left is swept at the next start. One Ctrl-C may
      // come twice, though: from the terminal, and handed on by the process that started this one.
      // And a task gets one of Nx each time that a process below it has ended.
      const again = performance.now() - first > limitMs;
      if (again && stopFile === undefined) process.exit(130);
      abort.abort(signal);
    });
  }
  watchOwner({ owner, stopFile }, (reason) => abort.abort(reason));
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // `pibuild plan | head` has read enough.
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const isTty = process.stderr.isTTY === true && process.env.TERM !== "dumb" && !process.env.CI;
  const called = calledAs(process.env);
  const stdout = wrappedStream(process.stdout, called);
  const stderr = wrappedStream(process.stderr, called);
  return {
    process: {
      ...{ stdout, stderr, env: process.env },
      get exitCode() {
        return process.exitCode;
      },
      set exitCode(code) {
        process.exitCode = code;
      },
    },
    env: process.env,
    cwd: process.cwd(),
    start: process.env.PIBUILD_WORKSPACE || process.cwd(),
    isTty,
    ask: isTty && process.stdin.isTTY ? (question) => ask(question, abort.signal) : undefined,
    signal: abort.signal,
    out: (text) => void stdout.write(`${text}\n`),
    json: (document) => void process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`),
    jsonLine: (document) => void process.stdout.write(`${JSON.stringify(document)}\n`),
    message: (text) => void stderr.write(`${redact(text)}\n`),
    emit: emitTo(
      process.env.PIBUILD_EVENTS,
      () => abort.signal.aborted || (stopFile !== undefined && existsSync(stopFile)),
    ),
  };
}

/** Reads a line from the terminal. Its end, as by Ctrl-D, is an empty answer. Throws INTERRUPTED. */
async function ask(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  // The terminal's own way of editing a line leaves Ctrl-C to the process.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    return await Promise.race([lines.question(question, { signal }), ended]);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new PibuildError("INTERRUPTED", { signal: String(signal.reason), resumes: false });
  } finally {
    lines.close();
  }
}

/**
 * Appends events to a file, one JSON document a line. `isStopped` tells whether the build is to end: a step
 * whose programs were ended with it, before anybody told this process, did not fail.
 */
export function emitTo(file: string | undefined, isStopped: () => boolean): Emit {
  if (file === undefined) return () => {};
  return (event) => {
    const said =
      event.type === "step-failed" && isStopped() ? { ...event, type: "step-stopped" } : event;
    appendFileSync(file, `${JSON.stringify({ at: Date.now(), ...said }, redacted)}\n`);
  };
}
