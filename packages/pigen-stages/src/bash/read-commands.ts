import { readPieces, readWord, skipArithmetic } from "./read-word.ts";
import {
  type Closer,
  type Piece,
  type Redirection,
  Scan,
  type ShellCommand,
  type Word,
} from "./scan.ts";

const keywords = ["if", "then", "elif", "else", "fi", "while", "until", "do", "done"];
const others = ["!", "{", "}", "time", "esac"];
const beforeCommands = new Set([...keywords, ...others]);
/** Words that open a block of commands, and those that end one. */
const opening = new Set(["if", "do", "{"]);
const closing = new Set(["fi", "done", "}"]);
const assignment = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/;
const redirection = /&>>?|\d*(?:<<<|<<-?|<>|<&|>>|>&|>\||[<>](?!\())/y;

/**
 * The commands of a script that the shell itself would start, those in substitutions included.
 * It reads bash as far as it must to tell commands, their words and redirections: texts of
 * here-documents are kept as they are; tests, arithmetic and patterns are passed over. Never throws.
 */
export function parseCommands(text: string): readonly ShellCommand[] {
  return parseStatements(text).filter(
    ({ words, redirections }) => words.length + redirections.length > 0,
  );
}

/** The same with what only assigns variables. */
export function parseStatements(text: string): readonly ShellCommand[] {
  const scan = new Scan(text, readCommands);
  while (!scan.done) readCommands(scan, undefined);
  return scan.commands.toSorted((a, b) => a.line - b.line);
}

/** The pieces of a text in a word, such as the default in `${name:-text}`. */
export function parsePieces(text: string): readonly Piece[] {
  return readPieces(text, readCommands);
}

/** Reads commands to the end, or to behind the closer that ends their substitution. */
function readCommands(scan: Scan, closer: Closer): void {
  const nesting: ("(" | "case")[] = [];
  let blocks = 0;
  let joined = false;
  let [assignments, words, redirections]: [Word[], Word[], Redirection[]] = [[], [], []];
  let line: number | undefined;
  let piped = false;
  const begin = () => {
    [assignments, words, redirections, line] = [[], [], [], undefined];
  };
  const finish = (operator = ";") => {
    const isPipe = /^(?:\|&?|&)$/.test(operator);
    const found = assignments.length + words.length + redirections.length > 0;
    if (found) {
      const isFree = nesting.length + blocks === 0 && !joined && !isPipe;
      const runs = closer !== undefined ? "inside" : isFree ? "always" : "maybe";
      line ??= assignments[0]?.line ?? 1;
      scan.commands.push({ assignments, words, redirections, runs, piped, line });
      piped = false;
    }
    // A line may end behind an operator that goes on.
    if (found || operator !== ";") joined = isPipe ? operator !== "&" : operator !== ";";
    if (/^\|&?$/.test(operator)) piped = true;
    begin();
  };
  while (!scan.done) {
    if (scan.take(/(?:[ \t\r]|\\\r?\n)+(?:#.*)?|#.*/y) !== undefined) continue;
    const start = scan.place.line;
    if (scan.char === "\n") {
      scan.at += 1;
      finish();
      readHereDocuments(scan);
    } else if (scan.char === ")") {
      scan.at += 1;
      const inside = nesting.at(-1);
      if (inside !== "case") finish();
      if (inside === "(") nesting.pop();
      else if (inside === undefined && closer === ")") return;
      else begin();
    } else if (scan.char === closer) {
      scan.at += 1;
      finish();
      return;
    } else if (scan.startsWith("((") && (words.length === 0 || words[0]?.text === "for")) {
      skipArithmetic(scan);
    } else if (words.length > 0 && scan.take(/\([ \t]*\)/y) !== undefined) {
      // What went before was the name of a function.
      begin();
    } else if (scan.char === "(") {
      scan.at += 1;
      nesting.push("(");
    } else if (readRedirection(scan, closer, redirections)) {
      line ??= start;
    } else if (";&|".includes(scan.char)) {
      finish(scan.take(/&&|\|\||\|&|[;&|]/y));
    } else {
      const word = readWord(scan, closer);
      if (words.length === 0) {
        if (opening.has(word.text)) blocks += 1;
        if (closing.has(word.text)) blocks -= 1;
        if (word.text === "case") nesting.push("case");
        if (word.text === "esac" && nesting.at(-1) === "case") nesting.pop();
        if (word.text === "[[") skipTest(scan, closer);
        if (word.text === "function") scan.take(/[ \t]+[^\s(){}]+(?:[ \t]*\([ \t]*\))?/y);
        if (beforeCommands.has(word.text) || /^\[\[$|^function$/.test(word.text)) continue;
        if (assignment.test(word.text)) {
          assignments.push(word);
          continue;
        }
      }
      words.push(word);
      line ??= start;
    }
  }
  finish();
}

function readRedirection(scan: Scan, closer: Closer, found: Redirection[]): boolean {
  const operator = scan.take(redirection);
  if (operator === undefined) return false;
  scan.take(/(?:[ \t]|\\\n)+/y);
  const from = scan.at;
  const target = readWord(scan, closer);
  const added: Redirection = { operator: operator.replace(/^\d+/, ""), target };
  found.push(added);
  if (/<<-?$/.test(operator)) {
    const expands = !/["'\\]/.test(scan.text.slice(from, scan.at));
    scan.hereDocuments.push({ redirection: added, stripTabs: operator.endsWith("-"), expands });
  }
  return true;
}

function readHereDocuments(scan: Scan): void {
  for (const { redirection, stripTabs, expands } of scan.hereDocuments.splice(0)) {
    const [begin, line] = [scan.at, scan.place.line];
    let end = begin;
    while (!scan.done) {
      const from = scan.at;
      scan.skipPast("\n");
      const text = scan.text.slice(from, scan.at).replace(/\r?\n$/, "");
      if ((stripTabs ? text.replace(/^\t+/, "") : text) === redirection.target.text) break;
      end = scan.at;
    }
    redirection.document = { text: scan.text.slice(begin, end), line, expands };
  }
}

/** `[[ ... ]]`, in which `<` and `(` mean something else. */
function skipTest(scan: Scan, closer: Closer): void {
  while (!scan.done && (scan.char !== closer || closer === ")")) {
    if (scan.take(/[\s()<>&|;]+/y) === undefined && readWord(scan, closer).text === "]]") return;
  }
}
