import type { Range } from "./source-text.ts";

/** One assignment of a text that a shell can source. */
export interface EnvLine {
  readonly key: string;
  /** Without its quotes. */
  readonly value: string;
  readonly keyRange: Range;
  /** The key where there is no value to point at. */
  readonly valueRange: Range;
}

/** What stands on a line that is neither an assignment nor empty nor a comment. */
export interface BadLine {
  readonly bad: Range;
}

const assignment =
  /^([A-Za-z_][A-Za-z0-9_]*)=(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`\\;&|<>()]*))\s*$/;

/**
 * The lines of a text of `KEY=value`. Only what a shell would read alike is an assignment:
 * nothing is expanded, and nothing but plain text stands without quotes.
 */
export function envLines(text: string): (EnvLine | BadLine)[] {
  const lines: (EnvLine | BadLine)[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    const range = { start, end: start + line.trimEnd().length };
    start += line.length + 1;
    if (!/^\s*(?:#.*)?$/.test(line)) lines.push(readLine(line, range));
  }
  return lines;
}

function readLine(line: string, { start, end }: Range): EnvLine | BadLine {
  const [, key, double, single, plain] = assignment.exec(line) ?? [];
  if (key === undefined) return { bad: { start, end } };
  const value = double ?? single ?? plain ?? "";
  const keyRange = { start, end: start + key.length };
  return {
    key,
    value,
    keyRange,
    valueRange: value === "" ? keyRange : { start: keyRange.end + 1, end },
  };
}
