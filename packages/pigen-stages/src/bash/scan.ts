/** A part of a word: text as it stands or in quotes, text of `$'...'`, or what the shell expands. */
export interface Piece {
  readonly kind: "plain" | "quoted" | "escaped" | "expansion";
  /** Without quotes; an expansion, and the escapes of `$'...'`, as they are written. */
  readonly text: string;
  /** Offsets into the script, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

/** One word of a command, without its quotes. */
export interface Word {
  /** Expansions stand in it as they are written. */
  readonly text: string;
  /** What precedes the first expansion; the whole text where there is none. */
  readonly literal: string;
  readonly pieces: readonly Piece[];
  readonly line: number;
  readonly column: number;
}

export interface Redirection {
  readonly operator: string;
  readonly target: Word;
  /** The text that `<<` gives, once it is read. */
  document?: HereDocument;
}

/** What stands between a line with `<<` and its delimiter. */
export interface HereDocument {
  readonly text: string;
  /** The line on which the text begins. */
  readonly line: number;
  /** Whether the shell expands it: no part of the delimiter was quoted. */
  readonly expands: boolean;
}

/** A command as it stands in a script: without keywords before it. */
export interface ShellCommand {
  /** What stands before the command itself, as `NAME=value`. */
  readonly assignments: readonly Word[];
  /** The command itself, without those; empty where there are only those. */
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
  /**
   * `inside` a substitution; `maybe` where a condition, a loop, a function or an operator such as `&&`
   * has a say, or a process of its own runs it.
   */
  readonly runs: "always" | "maybe" | "inside";
  /** Where it begins. */
  readonly line: number;
  /** Whether another command's output is its input. */
  readonly piped: boolean;
}

/** What ends the commands of a substitution. */
export type Closer = ")" | "`" | undefined;

/** A place in a script, with what was found up to there. */
export class Scan {
  readonly text: string;
  at = 0;
  readonly commands: ShellCommand[] = [];
  /** Here-documents whose text begins on the next line. */
  readonly hereDocuments: {
    readonly redirection: Redirection;
    readonly stripTabs: boolean;
    readonly expands: boolean;
  }[] = [];
  /** Reads commands to behind the closer: words hold commands again, which hold words. */
  readonly readCommands: (scan: Scan, closer: Closer) => void;

  constructor(text: string, readCommands: Scan["readCommands"]) {
    this.text = text;
    this.readCommands = readCommands;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  get next(): string {
    return this.text.charAt(this.at + 1);
  }

  /** Line and column of the current place. */
  get place(): { readonly line: number; readonly column: number } {
    const before = this.text.slice(0, this.at).split("\n");
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Goes behind the next occurrence of `text`, or to the end. */
  skipPast(text: string): void {
    const found = this.text.indexOf(text, this.at);
    this.at = found === -1 ? this.text.length : found + text.length;
  }

  /** What a sticky expression matches here; goes behind it. */
  take(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}
