import type { Word } from "@pibuild/pigen-stages";

/** Names that a script assigns once, and a path of the host that nothing expands. */
export type LiteralVariables = ReadonlyMap<string, string>;

const assignment =
  /^[ \t]*(?:(?:export|readonly|local|declare)\s+)?([A-Za-z_]\w*)=(["']?)(\/[^"'\s$`;&|*?]*)\2[ \t]*(?:[;#].*)?$/gm;

/** @param script without its here-documents. */
export function literalVariables(script: string): LiteralVariables {
  const found = new Map<string, string>();
  for (const [, name = "", , value = ""] of script.matchAll(assignment)) {
    const all = script.match(new RegExp(`(?:^|[\\s;(])(?:for\\s+${name}\\s|${name}\\+?=)`, "gm"));
    const isRead = new RegExp(`\\bread\\b[^\\n;]*\\b${name}\\b`).test(script);
    if (all?.length === 1 && !isRead) found.set(name, value);
  }
  return found;
}

/** A word that begins with such a variable, with what it stands for. */
export function resolved(word: Word, variables: LiteralVariables): Word {
  const [, braced, bare, rest = ""] =
    /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))(.*)$/s.exec(word.text) ?? [];
  const value = variables.get(braced ?? bare ?? "");
  if (value === undefined || word.literal !== "") return word;
  return { ...word, text: value + rest, literal: value + rest.replace(/[$`].*$/s, "") };
}
