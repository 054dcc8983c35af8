import type { Closer, Scan, Word } from "./scan.ts";

const ends = " \t\r\n;&|()<>";
const name = /[A-Za-z_]\w*|[0-9@*#?$!-]/y;

/** Reads a word from where it begins. Commands that it substitutes are read, too. */
export function readWord(scan: Scan, closer: Closer): Word {
  const { line, column } = scan.place;
  let text = "";
  let literal: string | undefined;
  let quoted = false;
  while (!scan.done) {
    const { char, next, at: from } = scan;
    if (char === "\\") {
      scan.at += 2;
      if (quoted && !'$`"\\\n'.includes(next)) text += char;
      if (next !== "\n") text += next;
    } else if (char === '"') {
      scan.at += 1;
      quoted = !quoted;
    } else if (char === "'" && !quoted) {
      scan.at += 1;
      scan.skipPast("'");
      text += scan.text.slice(from + 1, scan.at - 1);
    } else if (char === "$" && !quoted && (next === "'" || next === '"')) {
      text += next === "'" ? readEscaped(scan) : "";
      if (next === '"') scan.at += 1;
    } else if (isExpansion(scan, quoted, closer)) {
      readExpansion(scan, quoted);
      literal ??= text;
      text += scan.text.slice(from, scan.at);
    } else if (!quoted && char === "(" && /[=?*+@!]$/.test(text)) {
      readList(scan);
      literal ??= text;
      text += scan.text.slice(from, scan.at);
    } else if (!quoted && (ends.includes(char) || char === closer)) {
      break;
    } else {
      scan.at += 1;
      text += char;
    }
  }
  return { text, literal: literal ?? text, line, column };
}

function isExpansion({ char, next }: Scan, quoted: boolean, closer: Closer): boolean {
  if (char === "`") return closer !== "`";
  if (char === "$") return /[\w({@*#?$!-]/.test(next);
  return !quoted && (char === "<" || char === ">") && next === "(";
}

/** An expansion or substitution, from its first character to behind its last. */
function readExpansion(scan: Scan, quoted: boolean): void {
  const { char } = scan;
  scan.at += 1;
  if (char === "`") scan.readCommands(scan, "`");
  else if (scan.startsWith("((")) skipArithmetic(scan);
  else if (scan.char === "(") {
    scan.at += 1;
    scan.readCommands(scan, ")");
  } else if (scan.char === "{") readBraces(scan, quoted);
  else scan.take(name);
}

/** `{name:-word}`: only what the word substitutes matters. */
function readBraces(scan: Scan, quoted: boolean): void {
  scan.at += 1;
  let inner = false;
  while (!scan.done) {
    const { char } = scan;
    if (char === "\\") scan.at += 2;
    else if (isExpansion(scan, true, undefined)) readExpansion(scan, quoted || inner);
    else {
      scan.at += 1;
      if (char === '"') inner = !inner;
      if (char === "'" && !quoted && !inner) scan.skipPast("'");
      if (char === "}" && !inner) return;
    }
  }
}

/** `$'...'`, with its escapes as they are written. */
function readEscaped(scan: Scan): string {
  const found = scan.take(/\$'(?:[^'\\]|\\.)*'?/sy) ?? "";
  return found.replace(/^\$'|'$/g, "");
}

/** The words in parentheses of an array or a pattern. */
function readList(scan: Scan): void {
  scan.at += 1;
  while (!scan.done && scan.char !== ")") {
    if (scan.char === "(") readList(scan);
    else if (scan.take(/[\s;&|<>]+(?:#.*)?/y) === undefined) readWord(scan, undefined);
  }
  scan.at += 1;
}

/** `((...))`, which holds numbers. */
export function skipArithmetic(scan: Scan): void {
  let depth = 0;
  while (!scan.done) {
    if (scan.char === "(") depth += 1;
    if (scan.char === ")") depth -= 1;
    scan.at += 1;
    if (depth === 0) return;
  }
}
