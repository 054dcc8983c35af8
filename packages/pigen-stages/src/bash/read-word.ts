import { type Closer, type Piece, Scan, type Word } from "./scan.ts";

const ends = " \t\r\n;&|()<>";
const name = /[A-Za-z_]\w*|[0-9@*#?$!-]/y;

/** Reads a word from where it begins. Commands that it substitutes are read, too. */
export function readWord(scan: Scan, closer: Closer): Word {
  const { line, column } = scan.place;
  const pieces: Piece[] = [];
  const add = (kind: Piece["kind"], text: string, start: number) => {
    const last = pieces.at(-1);
    if (last === undefined || last.kind !== kind || kind === "expansion") {
      pieces.push({ kind, text, start, end: scan.at });
    } else {
      pieces[pieces.length - 1] = { ...last, text: last.text + text, end: scan.at };
    }
  };
  let quoted = false;
  while (!scan.done) {
    const { char, next, at: from } = scan;
    if (char === "\\") {
      scan.at += 2;
      const kept = quoted && !'$`"\\\n'.includes(next) ? char : "";
      add("quoted", next === "\n" ? kept : kept + next, from);
    } else if (char === '"') {
      scan.at += 1;
      quoted = !quoted;
      add("quoted", "", from);
    } else if (char === "'" && !quoted) {
      scan.at += 1;
      scan.skipPast("'");
      add("quoted", scan.text.slice(from + 1, scan.at - 1), from);
    } else if (char === "$" && !quoted && (next === "'" || next === '"')) {
      if (next === "'") add("escaped", readEscaped(scan), from);
      else scan.at += 1;
    } else if (isExpansion(scan, quoted, closer)) {
      readExpansion(scan, quoted);
      add("expansion", scan.text.slice(from, scan.at), from);
    } else if (!quoted && char === "(" && /[=?*+@!]$/.test(textOf(pieces))) {
      readList(scan);
      add("expansion", scan.text.slice(from, scan.at), from);
    } else if (!quoted && (ends.includes(char) || char === closer)) {
      break;
    } else {
      scan.at += 1;
      add(quoted ? "quoted" : "plain", char, from);
    }
  }
  const first = pieces.findIndex(({ kind }) => kind === "expansion");
  const literal = textOf(first === -1 ? pieces : pieces.slice(0, first));
  return { text: textOf(pieces), literal, pieces, line, column };
}

/** The pieces of a text that is read as in double quotes of a word, such as the default in `${name:-text}`. */
export function readPieces(text: string, readCommands: Scan["readCommands"]): readonly Piece[] {
  const scan = new Scan(text, readCommands);
  const pieces: Piece[] = [];
  while (!scan.done) {
    const start = scan.at;
    if (ends.includes(scan.char)) {
      scan.at += 1;
      pieces.push({ kind: "quoted", text: text.slice(start, scan.at), start, end: scan.at });
    } else {
      pieces.push(...readWord(scan, undefined).pieces);
    }
  }
  return pieces;
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
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
