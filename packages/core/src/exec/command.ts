import type { ProgramName } from "./programs.ts";

/** A program that pibuild brings itself, and so knows by path. */
export interface OwnProgram {
  readonly path: string;
}

/** One external program with its arguments, as data. Never a shell string. */
export interface Command {
  readonly program: ProgramName | OwnProgram;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the fixed environment (LANG, TZ, PATH, HOME); nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text or bytes for its standard input, which is closed otherwise. */
  readonly input?: string | Uint8Array;
  /**
   * Keep its standard input open, and empty, for as long as this process lives: a program that
   * reads it learns when this process is gone, however it ended.
   */
  readonly holdInput?: boolean;
  /** A file that receives standard output and standard error, appended. */
  readonly logFile?: string;
  /** Exit codes besides 0 that are a result and not a failure. */
  readonly allowExit?: readonly number[];
  /** Give the program this terminal: for shells that a person types into. */
  readonly interactive?: boolean;
  /**
   * Leave the program in this terminal's session: for what may ask for a password there, and
   * passes signals on itself. Others get a process group of their own, which an abort ends whole.
   */
  readonly keepTerminal?: boolean;
  /**
   * Milliseconds that it may take to end after SIGTERM before it gets SIGKILL, 10 000 by default.
   * What starts programs itself needs more than they do, or it dies while it cleans up after them.
   */
  readonly killGraceMs?: number;
  /**
   * Give what it prints as bytes, one character each (`latin1`): names of files need not be UTF-8.
   * Nobody sees the lines as they come.
   */
  readonly bytes?: boolean;
  /** Show nobody its output: for a trial, whose failure is an answer. An error carries it all the same. */
  readonly quiet?: boolean;
  /** Called with its process id once it runs. */
  readonly onStart?: (pid: number) => void;
  /** Called for each line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  readonly exitCode: number;
  /** Standard output, empty where a log file took it. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/**
 * The one seam for programs. `run` resolves when the program has ended, and throws
 * COMMAND_FAILED when it failed, ENV_TOOL_MISSING when it is not there, INTERRUPTED on abort.
 */
export interface Exec {
  run(command: Command): Promise<CommandResult>;
}
