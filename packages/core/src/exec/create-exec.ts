import { open } from "node:fs/promises";
// biome-ignore lint/style/noRestrictedImports: this is the seam itself
import { execa, type Options } from "execa";
import { PibuildError } from "../errors/pibuild-error.ts";
import { type Emit, silent } from "../events/event.ts";
import { createRedactor, type Redact } from "../text/redact.ts";
import { formatCommand } from "../text/shell-quote.ts";
import { stripControl } from "../text/strip-control.ts";
import { baseEnvironment } from "./base-environment.ts";
import type { Command, Exec } from "./command.ts";
import { findProgram, requirePrograms } from "./find-program.ts";

export interface ExecOptions {
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
  readonly redact?: Redact;
}

/** How many lines of output an error carries. */
const tailLines = 20;
/** `killGraceMs` of a command that does not say. */
const defaultGraceMs = 10_000;

/** Makes the seam: every program that pibuild starts goes through the `run` of this object. */
export function createExec({
  emit = silent,
  signal,
  redact = createRedactor(),
}: ExecOptions = {}): Exec {
  return {
    async run(command) {
      const argv = argvOf(command);
      // Quoting would split a secret that holds a quote, so it goes first.
      const shown = formatCommand([nameOf(command), ...command.args.map(redact)]);
      const started = performance.now();
      const tail: string[] = [];
      await using log =
        command.logFile === undefined ? undefined : await open(command.logFile, "a");
      emit({ type: "command-started", command: shown });
      const child = execa(argv[0], argv.slice(1), {
        ...fixedOptions(command),
        ...(signal ? { cancelSignal: signal } : {}),
      });
      if (child.pid !== undefined) command.onStart?.(child.pid);
      if (!command.interactive && !command.bytes) {
        for await (const raw of child.iterable({ from: "all" })) {
          const line = redact(stripControl(text(raw)));
          tail.push(line);
          if (tail.length > tailLines) tail.shift();
          await log?.appendFile(`${line}\n`);
          command.onLine?.(line);
          if (!command.quiet) emit({ type: "command-output", line });
        }
      }
      const result = await child;
      if (command.bytes) tail.push(...lastLines(result.all, redact));
      const durationMs = performance.now() - started;
      const { exitCode } = result;
      emit({
        type: "command-finished",
        command: shown,
        durationMs,
        ...(exitCode === undefined ? {} : { exitCode }),
      });
      // A terminal sends Ctrl-C to the program as well, which may end before it is told to.
      if (result.isCanceled || (exitCode !== 0 && signal?.aborted))
        throw new PibuildError("INTERRUPTED", { signal: String(signal?.reason ?? "SIGINT") });
      if (exitCode !== undefined && (exitCode === 0 || command.allowExit?.includes(exitCode))) {
        return { exitCode, stdout: text(result.stdout), stderr: text(result.stderr), durationMs };
      }
      throw new PibuildError(
        "COMMAND_FAILED",
        {
          command: shown,
          tail,
          ...(exitCode === undefined ? {} : { exitCode }),
          ...(result.signal === undefined ? {} : { signal: result.signal }),
          ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
        },
        exitCode === undefined && result.signal === undefined
          ? // Its own message has all arguments.
            { cause: new Error(redact(result.originalMessage ?? "")) }
          : {},
      );
    },
  };
}

/** What is the same for every program: locale, time zone, PATH, closed input, no throw. */
function fixedOptions(command: Command) {
  return {
    reject: false,
    extendEnv: false,
    env: {
      ...baseEnvironment(),
      ...command.env,
    },
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    ...(command.interactive
      ? { stdio: "inherit" as const }
      : command.input === undefined
        ? { stdin: command.holdInput ? ("pipe" as const) : ("ignore" as const), all: true }
        : { input: command.input, all: true }),
    ...(command.bytes ? { encoding: "latin1" as const } : {}),
    buffer: command.logFile === undefined && !command.interactive,
    maxBuffer: 256 * 1024 * 1024,
    killDescendants: !command.interactive && !command.keepTerminal,
    forceKillAfterDelay: command.killGraceMs ?? defaultGraceMs,
    stripFinalNewline: true,
  } satisfies Options;
}

function lastLines(output: unknown, redact: Redact): string[] {
  const lines = Buffer.from(text(output), "latin1").toString().split("\n").slice(-tailLines);
  return lines.map((line) => redact(stripControl(line)));
}

function text(output: unknown): string {
  return typeof output === "string" ? output : "";
}

/**
 * The program dies with pibuild, also when pibuild is killed: otherwise a half-done build would
 * go on, unseen. An interactive program has the terminal to tell it.
 */
function argvOf(command: Command): [string, ...string[]] {
  const argv: [string, ...string[]] = [pathOf(command), ...command.args];
  const setpriv = command.interactive ? undefined : findProgram("setpriv");
  return setpriv === undefined ? argv : [setpriv, "--pdeathsig", "KILL", ...argv];
}

function nameOf({ program }: Command): string {
  return typeof program === "string" ? program : program.path;
}

function pathOf({ program }: Command): string {
  if (typeof program !== "string") return program.path;
  const path = findProgram(program);
  if (path === undefined) requirePrograms([program]);
  return path ?? program;
}
