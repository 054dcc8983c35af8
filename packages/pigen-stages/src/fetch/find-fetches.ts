import { basename } from "node:path";
import type { Fetch } from "@pibuild/core";
import { parseCommands } from "../bash/read-commands.ts";
import type { ShellCommand, Word } from "../bash/scan.ts";
import { unwrap } from "../bash/unwrap.ts";
import { fetchCommands } from "./fetch-commands.ts";
import { fetchedHosts } from "./fetched-hosts.ts";

/** A command of a script that fetches, and where it stands. */
export interface FoundFetch extends Fetch {
  readonly line: number;
  readonly column: number;
  /** The line on which the command begins. */
  readonly from: number;
}

/** What reads a script from a here-document, or has it as the word behind `-c`. */
const shells = new Set([
  "on_chroot",
  "bash",
  "sh",
  "dash",
  "su",
  "runuser",
  "sg",
  "chroot",
  "capsh",
]);

/**
 * The commands of a shell script that fetch besides packages, as far as the script says it: those of the
 * here-documents and of the words that it gives to shells included, and what other programs do by themselves
 * left out.
 */
export function findFetches(text: string): FoundFetch[] {
  return fetchesIn(text, 0, addressVariables(text)).sort((a, b) => a.line - b.line);
}

function fetchesIn(
  text: string,
  above: number,
  variables: ReadonlyMap<string, string>,
): FoundFetch[] {
  return parseCommands(text).flatMap((command) => {
    const [first, ...rest] = unwrap(command.words);
    const isShell = shells.has(basename(first?.text ?? ""));
    const documents = isShell ? documentsOf(command) : [];
    const given = isShell ? givenTo(rest) : undefined;
    const found = first && fetchOf(first, rest, variables);
    const own = found &&
      first && { ...found, column: first.column, ...linesOf(command, first, above) };
    return [
      ...(own === undefined ? [] : [own]),
      ...documents.flatMap(({ text, line }) => fetchesIn(text, above + line - 1, variables)),
      ...(given === undefined ? [] : fetchesInWord(given, above, variables)),
    ];
  });
}

/** The script in `su pi -c 'script'`. */
function givenTo(words: readonly Word[]): Word | undefined {
  return words[
    words.findIndex(({ text }) => /^(?:-\w*c|--command)$/.test(text)) + 1 || words.length
  ];
}

function fetchesInWord(word: Word, above: number, variables: ReadonlyMap<string, string>) {
  return fetchesIn(word.text, above + word.line - 1, variables).map((found) => ({
    ...found,
    column: found.line === above + word.line ? word.column + found.column : found.column,
  }));
}

function linesOf({ line }: ShellCommand, first: Word, above: number) {
  return { line: above + first.line, from: above + line };
}

function documentsOf({ redirections }: ShellCommand) {
  return redirections.flatMap(({ document }) => document ?? []);
}

function fetchOf(
  first: Word,
  words: readonly Word[],
  variables: ReadonlyMap<string, string>,
): Fetch | undefined {
  const texts = words.map(({ text }) =>
    text.replace(/^\$\{?(\w+)\}?/, (all, name) => variables.get(name) ?? all),
  );
  // `python3 -m pip install`
  if (/^python[\d.]*$/.test(basename(first.text)) && texts[0] === "-m")
    return words[1] && fetchOf(words[1], words.slice(2), variables);
  const name = basename(first.text);
  const row = fetchCommands.find(({ names }) => names.includes(name));
  if (row === undefined || (texts.length === 0 && row.only !== undefined)) return undefined;
  const verb = row.only && verbsIn(texts).find((text) => row.only?.test(text));
  if (row.only !== undefined && verb === undefined) return undefined;
  if (texts.some((text) => row.unless?.test(text))) return undefined;
  const hosts = fetchedHosts(texts.slice(verb === undefined ? 0 : texts.indexOf(verb) + 1), row);
  if (hosts === undefined) return undefined;
  const [host] = hosts;
  const isWord = verb !== undefined && /^\w[\w-]*$/.test(verb);
  return { command: isWord ? `${name} ${verb}` : name, ...(host === undefined ? {} : { host }) };
}

/** What says what a command does: its first operand, or a long option. */
function verbsIn(texts: readonly string[]): string[] {
  const at = texts.findIndex(
    (text, index) => !text.startsWith("-") && !/^(?:-[Cc]|--prefix)$/.test(texts[index - 1] ?? ""),
  );
  return [
    ...texts.slice(at < 0 ? texts.length : at).slice(0, 1),
    ...texts.filter((text) => text.startsWith("--")),
  ];
}

/** Variables to which a script gives an address as it stands. */
function addressVariables(text: string): Map<string, string> {
  const found = text.matchAll(
    /^\s*(?:export |local |readonly |declare )?(\w+)=["']?([a-z+]+:\/\/[^\s"'$`]+)/gm,
  );
  return new Map([...found].map(([, name = "", value = ""]) => [name, value]));
}
