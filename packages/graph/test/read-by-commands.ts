import { parseCommands, unwrap, type Word } from "@pibuild/pigen-stages";

/** Commands whose operands are names of variables. */
const takeNames = /^(?:\[|test|export|declare|typeset|local|readonly|unset|printenv|read)$/;
const enumerate = /^(?:env|eval|printenv|envsubst|compgen)$/;

/** The variables that the commands of a shell script name, as the reader of `pibuild lint` reads them. */
export function namesByCommands(text: string): Set<string> {
  const found = new Set<string>();
  for (const { words, redirections } of parseCommands(text)) {
    for (const word of [...words, ...redirections.map(({ target }) => target)]) {
      for (const [, name] of word.text.matchAll(/\$\{?[#!]?([A-Za-z_]\w*)/g)) found.add(name ?? "");
    }
    if (!takeNames.test(words[0]?.text ?? "")) continue;
    for (const { text: operand } of words) found.add(operand.replace(/=.*/s, ""));
  }
  return found;
}

/** Whether its commands may read any variable. */
export function enumeratesByCommands(text: string): boolean {
  return parseCommands(text).some(({ words }) => {
    const [first, ...rest] = isEnv(words) ? words : unwrap(words);
    const name = first?.text.replace(/^.*\//, "") ?? "";
    const operands = rest.map((word) => word.text);
    const listing = operands.every((operand) => operand.startsWith("-"));
    if (enumerate.test(name)) return true;
    if (name === "set") return operands.length === 0;
    if (/^(?:declare|typeset|local|export)$/.test(name)) {
      const refers = operands.some((operand) => /^-[A-Za-z]*n/.test(operand));
      return listing || (refers && !operands.some((operand) => /=\$\{?[1-9]/.test(operand)));
    }
    return [...words].some((word) => /\$\{!/.test(word.text));
  });
}

/** `env` with nothing to start prints. */
function isEnv(words: readonly Word[]): boolean {
  return words[0]?.text === "env" && words.length === 1;
}

/** Why the commands of a script do not have a name that its text has. */
export function whyNotByCommands(text: string, name: string): string {
  const why = new Set<string>();
  let delimiter: string | undefined;
  for (const line of text.split("\n")) {
    const named = new RegExp(`(?<!\\w)${name}(?!\\w)`).test(line);
    if (delimiter !== undefined) {
      if (line.trim() === delimiter) delimiter = undefined;
      else if (named) why.add("here-document");
      continue;
    }
    delimiter = /<<-?\s*["'\\]?(\w+)/.exec(line)?.[1];
    if (!named) continue;
    if (/^\s*#/.test(line)) why.add("comment");
    else if (/^\s*(?:(?:export|local|readonly|declare)\s+)?\w+\+?=/.test(line))
      why.add("assignment");
    else if (/\[\[|\(\(/.test(line)) why.add("test or arithmetic");
    else if (/^\s*(?:for|case)\b/.test(line)) why.add("for or case");
    else why.add("word of a text");
  }
  return [...why].sort().join(", ") || "piece of a name";
}
