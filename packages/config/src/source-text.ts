import { type ConfigIssue, createRedactor, stripControl } from "@pibuild/core";

const redact = createRedactor();

/** What an issue says besides where it is. */
export interface IssueWords {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A file's text as errors show it: it turns offsets into lines, columns and squiggles. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** An issue at the characters from `start` to `end`; about the whole file without them. */
  issue(words: IssueWords, range?: Range): ConfigIssue;
}

/** Offsets into a text, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Wraps a text. `file` is the name that errors print. `mask` may blank what a person looking
 * over the shoulder, or a CI log, must not see.
 */
export function sourceText(
  file: string,
  text: string,
  mask: (line: string) => string = (line) => line,
): SourceText {
  const issue = ({ message, hint }: IssueWords, range?: Range): ConfigIssue => {
    const words = { message, ...(hint === undefined ? {} : { hint }) };
    if (range === undefined) return { ...words, at: { file, line: 1, column: 1 } };
    const start = Math.min(range.start, text.length);
    // A search that ends before the text finds a newline that the text begins with.
    const lineStart = start === 0 ? 0 : text.lastIndexOf("\n", start - 1) + 1;
    const lineEnd = text.indexOf("\n", lineStart);
    const raw = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
    const line = text.slice(0, lineStart).split("\n").length;
    const sourceLine = redact(mask(stripControl(raw).replaceAll("\t", " ")));
    // A range over several lines, or into a masked part, is underlined as far as the line goes.
    const room = Math.max(1, sourceLine.length - (start - lineStart));
    const length = Math.min(Math.max(1, range.end - start), room);
    return { ...words, at: { file, line, column: start - lineStart + 1 }, sourceLine, length };
  };
  return { file, text, issue };
}
