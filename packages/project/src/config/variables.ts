import type { ConfigIssue } from "@pibuild/core";

/** What an expression comes to: a text, or why that cannot be told without running it. */
export type Value = { readonly text: string } | { readonly unknown: ConfigIssue };

/** A variable as it stands at the end of pi-gen's `config`. */
export interface Variable {
  readonly name: string;
  readonly value: Value;
  /** Whether programs that the shell starts get it, by a word of `config` itself. */
  readonly exported: boolean;
  /** Where it was set last: an issue that has no words yet. */
  readonly at: ConfigIssue;
}

export type Variables = ReadonlyMap<string, Variable>;

/** What reading a `config` gave. */
export interface ConfigReading {
  readonly variables: Variables;
  /** Names that values of others were made of. */
  readonly used: ReadonlySet<string>;
  /** What would have to be run, in the order of the file. */
  readonly issues: readonly ConfigIssue[];
}
