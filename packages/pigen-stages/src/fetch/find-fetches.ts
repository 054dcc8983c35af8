import { basename } from "node:path";
import type { Fetch } from "@pibuild/core";
import { parseCommands } from "../bash/read-commands.ts";
import type { ShellCommand, Word } from "../bash/scan.ts";
import { unwrap } from "../bash/unwrap.ts";
import { type FetchCommand, fetchCommands } from "./fetch-commands.ts";

/** A command of a script that fetches, and where it stands. */
export interface FoundFetch extends Fetch {
  readonly line: number;
  readonly column: number;
  /** The line on which the command begins. */
  readonly from: number;
}

/** What reads a script from a here-document. */
const shells = new Set(["on_chroot", "bash", "sh", "chroot", "capsh"]);

/**
 * The commands of a shell script that fetch besides packages, as far as the script says it: those of the
 * here-documents that it gives to shells included, and what other programs do by themselves left out.
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
    const inside = shells.has(basename(first?.text ?? "")) ? documentsOf(command) : [];
    const found = first && fetchOf(first, rest, variables);
    const own = found &&
      first && { ...found, column: first.column, ...linesOf(command, first, above) };
    return [
      ...(own === undefined ? [] : [own]),
      ...inside.flatMap(({ text, line }) => fetchesIn(text, above + line - 1, variables)),
    ];
  });
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
  const hosts = hostsIn(texts, row);
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

/** The hosts that words name; undefined where nothing is fetched from elsewhere. */
function hostsIn(texts: readonly string[], { from }: FetchCommand): string[] | undefined {
  const hosts = texts.flatMap((text) => hostIn(text) ?? []);
  const elsewhere = hosts.filter((host) => !/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(host));
  if (from === "registry") return elsewhere;
  if (from === "remote path") return elsewhere.length > 0 ? elsewhere : undefined;
  const operands = texts.filter((text) => !text.startsWith("-"));
  const isLocal = (text: string) => /^(?:file:|[./~]|\$\{?\w+\}?\/)/.test(text);
  if (elsewhere.length > 0) return elsewhere;
  // Of `git fetch` the address stands in the repository.
  if (hosts.length > 0 || operands.length === 0) return undefined;
  return operands.some((text) => isLocal(text)) && !operands.some(isUnknown) ? undefined : [];
}

/** Whether a word may be any address. */
function isUnknown(text: string): boolean {
  return /^\$\{?\w+\}?$/.test(text);
}

function hostIn(text: string): string | undefined {
  const [, host] =
    /^(?:--?[\w-]+=)?[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([^/:?#\s$`]+)/.exec(text) ??
    // As ssh and rsync write a path on another machine.
    /^(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)*):(?!\/\/)[^=]*$/.exec(text) ??
    [];
  return host;
}

/** Variables to which a script gives an address as it stands. */
function addressVariables(text: string): Map<string, string> {
  const found = text.matchAll(
    /^\s*(?:export |local |readonly |declare )?(\w+)=["']?([a-z+]+:\/\/[^\s"'$`]+)/gm,
  );
  return new Map([...found].map(([, name = "", value = ""]) => [name, value]));
}
