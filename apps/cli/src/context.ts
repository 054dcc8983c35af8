import type { Emit } from "@pibuild/core";
import type { CommandContext } from "@stricli/core";

/** What commands get from the process they run in; tests give another. */
export interface CliContext extends CommandContext {
  readonly process: CommandContext["process"] & {
    readonly stderr: { write(text: string): unknown; columns?: number };
    exitCode?: number | string | null | undefined;
  };
  readonly env: NodeJS.ProcessEnv;
  /** Where relative paths on the command line begin. */
  readonly cwd: string;
  /** Where the workspace is looked for: the launcher's own, wherever it was called; else `cwd`. */
  readonly start: string;
  readonly isTty: boolean;
  readonly signal: AbortSignal;
  /** Puts a question to the person at the terminal; undefined where there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** What was asked for, as a person reads it. */
  out(text: string): void;
  /** What was asked for, as a program reads it: one JSON document. */
  json(document: unknown): void;
  /** One JSON document in one line, of many. */
  jsonLine(document: unknown): void;
  /** Messages, for people. */
  message(text: string): void;
  /** Where the tasks of a build write events for the process that shows them. */
  readonly emit: Emit;
}
