import type { Word } from "@pibuild/pigen-stages";
import type { HostCommand } from "./commands.ts";

/** The words of a command that name what it writes to, by its row of the table. */
export function writtenPaths(row: HostCommand, name: string, words: readonly Word[]): Word[] {
  if (row.changes === "system") return [];
  if (row.changes === "option") {
    const texts = words.map(({ text }) => text);
    if (row.only !== undefined && !texts.some((text) => row.only?.test(text))) return [];
    return valuesOf(words, row.options);
  }
  if (name === "find") {
    const tests = words.findIndex(({ text }) => /^[-(!]/.test(text));
    return hasOption(words, /^-delete$/) ? words.slice(0, tests) : [];
  }
  const operands = operandsOf(words, row.valued ?? "", row.longValued ?? []);
  if (name === "sed") {
    if (!hasOption(words, /^-[nErsz]*i/, "--in-place")) return [];
    // Without -e or -f the first operand is the script, which may begin with a slash.
    return hasOption(words, /^-[nErsz]*[ef]/, "--expression", "--file")
      ? operands
      : operands.slice(1);
  }
  if (row.changes === "operands") return operands;
  if (name === "install" && hasOption(words, /^-[bcCDpsTvZ]*d/, "--directory")) return operands;
  const target = valuesOf(words, /^(?:-\w*t|--target-directory)$/);
  if (target.length > 0 && name !== "rsync") return target;
  return operands.length > 1 ? operands.slice(-1) : [];
}

/** The values of options, be they the next word or behind `=`. */
function valuesOf(words: readonly Word[], options: RegExp): Word[] {
  return words.flatMap((word, index) => {
    const [name = "", ...rest] = word.text.split("=");
    if (!options.test(name)) return [];
    if (rest.length === 0) return words[index + 1] ?? [];
    return { ...word, text: rest.join("="), literal: word.literal.slice(name.length + 1) };
  });
}

function operandsOf(words: readonly Word[], valued: string, longValued: readonly string[]): Word[] {
  const operands: Word[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const { text } = word;
    if (text === "--") return [...operands, ...words.slice(index + 1)];
    if (!text.startsWith("-") || text === "-") operands.push(word);
    else if (longValued.includes(text)) index += 1;
    else if (!text.startsWith("--") && valued.includes(text.at(-1) ?? " ")) index += 1;
  }
  return operands;
}

function hasOption(words: readonly Word[], short: RegExp, ...long: readonly string[]): boolean {
  return words.some(({ text }) => short.test(text) || long.includes(text.split("=")[0] ?? ""));
}
