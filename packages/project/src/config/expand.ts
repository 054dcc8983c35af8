import type { IssueWords, Range } from "@pibuild/config";
import type { ConfigIssue } from "@pibuild/core";
import { type Piece, parsePieces } from "@pibuild/pigen-stages";
import { unescapeText } from "./escapes.ts";
import type { Value } from "./variables.ts";

export interface Expansions {
  /** The variable that the expression is assigned to, for hints. */
  readonly target: string;
  /** What a variable holds at this place; undefined where it is not set. */
  lookup(name: string): Value | undefined;
  issue(words: IssueWords, range: Range): ConfigIssue;
}

/** How bash expands a variable in braces: with a default, or in other letters. */
const braces = /^\$\{([A-Za-z_]\w*)(?:(:?[-=+])(.*)|(,,|\^\^))?\}$/s;

/**
 * What pieces of an assignment come to in bash: quotes, variables, and their defaults. Nothing is
 * run: a command's output, a number, a list or a variable that nothing sets makes it unknown.
 */
export function expandPieces(pieces: readonly Piece[], to: Expansions): Value {
  let text = "";
  for (const [index, piece] of pieces.entries()) {
    const value = index === 0 && isTilde(piece) ? home(piece, to) : expandPiece(piece, to);
    if ("unknown" in value) return value;
    text += value.text;
  }
  return { text };
}

function expandPiece(piece: Piece, to: Expansions): Value {
  if (piece.kind === "escaped") return { text: unescapeText(piece.text) };
  if (piece.kind !== "expansion") return { text: piece.text };
  const { text } = piece;
  const unknown = (message: string, name = to.target): Value => ({
    unknown: to.issue({ message, hint: valueHint(name) }, piece),
  });
  if (text.startsWith("$((")) return unknown(`\`${text}\` would have to be computed`);
  if (/^(?:\$\(|`|[<>]\()/.test(text)) return unknown(`\`${text}\` would have to be run`);
  if (text.startsWith("(")) return unknown("a list is no value for pi-gen's variables");
  const [, plain] = /^\$([A-Za-z_]\w*)$/.exec(text) ?? [];
  const [, named, operator, word, letters] = braces.exec(text) ?? [];
  const name = plain ?? named;
  if (name === undefined) return unknown(`\`${text}\` is known to the shell alone`);
  const value = to.lookup(name);
  if (value !== undefined && "unknown" in value) return value;
  if (operator !== undefined) {
    const isSet = value !== undefined && !(operator.startsWith(":") && value.text === "");
    // What the word holds stands somewhere in this piece.
    const inside = { ...to, issue: (words: IssueWords) => to.issue(words, piece) };
    const otherwise = () => expandPieces(parsePieces(word ?? ""), inside);
    if (operator.endsWith("+")) return isSet ? otherwise() : { text: "" };
    return isSet ? value : otherwise();
  }
  if (value === undefined) return unknown(`nothing sets \`${name}\` before this`, name);
  if (letters === undefined) return value;
  return { text: letters === ",," ? value.text.toLowerCase() : value.text.toUpperCase() };
}

function isTilde({ kind, text }: Piece): boolean {
  return kind === "plain" && /^~(?:\/|$)/.test(text);
}

function home(piece: Piece, to: Expansions): Value {
  const value = to.lookup("HOME");
  if (value === undefined) {
    const message = "`~` is another directory for each user";
    return { unknown: to.issue({ message, hint: valueHint("HOME") }, piece) };
  }
  return "unknown" in value ? value : { text: value.text + piece.text.slice(1) };
}

/** What to do about a value that only a shell could tell. */
export function valueHint(name: string): string {
  return `write the value itself there, or say it with \`--set ${name}=VALUE\``;
}
