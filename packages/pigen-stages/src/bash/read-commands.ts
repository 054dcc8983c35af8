import { readWord, skipArithmetic } from "./read-word.ts";
import { type Closer, type Redirection, Scan, type ShellCommand, type Word } from "./scan.ts";

const keywords = ["if", "then", "elif", "else", "fi", "while", "until", "do", "done"];
const others = ["!", "{", "}", "time", "esac"];
const beforeCommands = new Set([...keywords, ...others]);
const assignment = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/;
const redirection = /&>>?|\d*(?:<<<|<<-?|<>|<&|>>|>&|>\||[<>](?!\())/y;

/**
 * The commands of a script that the shell itself would start, those in substitutions included.
 * It reads bash as far as it must to tell commands, their words and redirections: texts of
 * here-documents, tests, arithmetic and patterns are passed over. Never throws.
 */
export function parseCommands(text: string): readonly ShellCommand[] {
  const scan = new Scan(text, readCommands);
  while (!scan.done) readCommands(scan, undefined);
  return scan.commands.toSorted((a, b) => a.line - b.line);
}

/** Reads commands to the end, or to behind the closer that ends their substitution. */
function readCommands(scan: Scan, closer: Closer): void {
  const nesting: ("(" | "case")[] = [];
  let words: Word[] = [];
  let redirections: Redirection[] = [];
  let line: number | undefined;
  const finish = () => {
    if (words.length + redirections.length > 0) {
      scan.commands.push({ words, redirections, line: line ?? 1 });
    }
    [words, redirections, line] = [[], [], undefined];
  };
  while (!scan.done) {
    if (scan.take(/(?:[ \t\r]|\\\r?\n)+(?:#.*)?|#.*/y) !== undefined) continue;
    const begin = scan.place.line;
    if (scan.char === "\n") {
      scan.at += 1;
      finish();
      skipHereDocuments(scan);
    } else if (scan.char === ")") {
      scan.at += 1;
      const inside = nesting.at(-1);
      if (inside !== "case") finish();
      if (inside === "(") nesting.pop();
      else if (inside === undefined && closer === ")") return;
      else [words, line] = [[], undefined];
    } else if (scan.char === closer) {
      scan.at += 1;
      finish();
      return;
    } else if (scan.startsWith("((") && (words.length === 0 || words[0]?.text === "for")) {
      skipArithmetic(scan);
    } else if (words.length > 0 && scan.take(/\([ \t]*\)/y) !== undefined) {
      // What went before was the name of a function.
      [words, line] = [[], undefined];
    } else if (scan.char === "(") {
      scan.at += 1;
      nesting.push("(");
    } else if (readRedirection(scan, closer, redirections)) {
      line ??= begin;
    } else if (";&|".includes(scan.char)) {
      scan.at += 1;
      finish();
    } else {
      const word = readWord(scan, closer);
      if (words.length === 0) {
        if (word.text === "case") nesting.push("case");
        if (word.text === "esac" && nesting.at(-1) === "case") nesting.pop();
        if (word.text === "[[") skipTest(scan, closer);
        if (word.text === "function") scan.take(/[ \t]+[^\s(){}]+(?:[ \t]*\([ \t]*\))?/y);
        if (beforeCommands.has(word.text) || /^\[\[$|^function$/.test(word.text)) continue;
        if (assignment.test(word.text)) continue;
      }
      words.push(word);
      line ??= begin;
    }
  }
  finish();
}

function readRedirection(scan: Scan, closer: Closer, found: Redirection[]): boolean {
  const operator = scan.take(redirection);
  if (operator === undefined) return false;
  scan.take(/(?:[ \t]|\\\n)+/y);
  const target = readWord(scan, closer);
  found.push({ operator: operator.replace(/^\d+/, ""), target });
  if (/<<-?$/.test(operator)) {
    scan.hereDocuments.push({ delimiter: target.text, stripTabs: operator.endsWith("-") });
  }
  return true;
}

function skipHereDocuments(scan: Scan): void {
  for (const { delimiter, stripTabs } of scan.hereDocuments.splice(0)) {
    while (!scan.done) {
      const from = scan.at;
      scan.skipPast("\n");
      const line = scan.text.slice(from, scan.at).replace(/\r?\n$/, "");
      if ((stripTabs ? line.replace(/^\t+/, "") : line) === delimiter) break;
    }
  }
}

/** `[[ ... ]]`, in which `<` and `(` mean something else. */
function skipTest(scan: Scan, closer: Closer): void {
  while (!scan.done && (scan.char !== closer || closer === ")")) {
    if (scan.take(/[\s()<>&|;]+/y) === undefined && readWord(scan, closer).text === "]]") return;
  }
}
