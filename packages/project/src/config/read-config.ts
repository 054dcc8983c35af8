import type { SourceText } from "@pibuild/config";
import type { ConfigIssue } from "@pibuild/core";
import { parseStatements, type ShellCommand, type Word } from "@pibuild/pigen-stages";
import { expandPieces } from "./expand.ts";
import type { ConfigReading, Value, Variable } from "./variables.ts";

export interface ConfigSurroundings {
  /** What is set before the file is read, such as BASE_DIR. */
  readonly before: Readonly<Record<string, string>>;
  /** Values that a person gave: what the file says of these is passed over. */
  readonly given: Readonly<Record<string, string>>;
  /** Another file that it sources, by its path; undefined where there is none. */
  open(path: string): SourceText | undefined;
}

/** Programs without an effect on what follows. */
const idle = new Set([":", "true", "echo", "printf"]);
const marks: Readonly<Record<string, boolean>> = { export: true, readonly: false, declare: false };
/** A file that sources itself would go on for ever. */
const deepest = 8;

/**
 * Reads pi-gen's `config` as bash does when build.sh sources it, and runs nothing of it. What only a
 * shell could tell is an issue, or an unknown value of the variable.
 */
export function readConfig(source: SourceText, around: ConfigSurroundings): ConfigReading {
  const reader = new Reader(around);
  reader.read(source, 0);
  const { variables, used, issues } = reader;
  for (const name of Object.keys(around.before)) {
    if (!reader.touched.has(name)) variables.delete(name);
  }
  return { variables, used, issues };
}

class Reader {
  readonly variables = new Map<string, Variable>();
  readonly used = new Set<string>();
  /** Names that a file itself speaks of. */
  readonly touched = new Set<string>();
  readonly issues: ConfigIssue[] = [];
  readonly #around: ConfigSurroundings;
  #exportsAll = false;

  constructor(around: ConfigSurroundings) {
    this.#around = around;
    const at: ConfigIssue = { message: "", at: { file: "--set" } };
    for (const [name, text] of Object.entries({ ...around.before, ...around.given })) {
      this.variables.set(name, { name, value: { text }, exported: false, at });
    }
  }

  read(source: SourceText, depth: number): void {
    // Of a condition or a loop, what is refused first stands for all of it.
    let refused = false;
    for (const command of parseStatements(source.text)) {
      // Those of a substitution are spoken of where their output is used.
      if (command.runs === "inside") continue;
      if (command.runs === "always") refused = !this.#run(source, command, depth);
      else if (!refused) refused = !this.#refuse(source, command);
    }
  }

  /** Does what a command says to variables; false for one that would have to be run. */
  #run(source: SourceText, command: ShellCommand, depth: number): boolean {
    const [program, ...operands] = command.words;
    const name = program?.text ?? "";
    if (program === undefined) {
      for (const word of command.assignments) this.#assign(source, word, this.#exportsAll);
    } else if (Object.hasOwn(marks, name)) {
      const options = operands.filter(({ text }) => text.startsWith("-")).map(({ text }) => text);
      const exports = marks[name] === true || options.some((text) => text.includes("x"));
      for (const word of operands.slice(options.length)) this.#mark(source, word, exports);
    } else if (name === "unset") {
      for (const { text } of operands) this.variables.delete(text);
    } else if (name === "set") {
      const options = operands.map(({ text }) => text).join(" ");
      if (/^(?:-a|-o allexport)\b/.test(options)) this.#exportsAll = true;
      if (/^(?:\+a|\+o allexport)\b/.test(options)) this.#exportsAll = false;
    } else if (name === "source" || name === ".") {
      this.#include(source, command, depth);
    } else if (!idle.has(name)) {
      return this.#refuse(source, command);
    }
    return true;
  }

  #include(source: SourceText, command: ShellCommand, depth: number): void {
    const file = command.words[1];
    const path = file && this.#expand(source, "", file);
    if (file === undefined || path === undefined || depth === deepest) {
      this.#refuse(source, command);
    } else if ("unknown" in path) {
      this.issues.push(path.unknown);
    } else {
      const other = this.#around.open(path.text);
      const message = `\`${path.text}\` is sourced, and does not exist`;
      if (other !== undefined) this.read(other, depth + 1);
      else this.issues.push(source.issue({ message }, rangeOf(file)));
    }
  }

  /** `NAME=value`, or the name alone, behind `export` and the like. */
  #mark(source: SourceText, word: Word, exports: boolean): void {
    if (word.text.includes("=")) {
      this.#assign(source, word, exports || this.#exportsAll);
      return;
    }
    const had = this.variables.get(word.text);
    // A variable that is set later is exported from then on.
    const value: Value = had?.value ?? { text: "" };
    const at = had?.at ?? source.issue({ message: "" }, rangeOf(word));
    this.touched.add(word.text);
    this.variables.set(word.text, {
      ...{ name: word.text, value, at },
      exported: exports || had?.exported === true,
    });
  }

  #assign(source: SourceText, word: Word, exports: boolean): void {
    const [, name = "", append] = /^([A-Za-z_]\w*)(?:\[[^\]]*\])?(\+?)=/s.exec(word.text) ?? [];
    const had = this.variables.get(name);
    const at = source.issue({ message: "" }, rangeOf(word));
    const exported = exports || had?.exported === true;
    this.touched.add(name);
    const { given } = this.#around;
    if (Object.hasOwn(given, name)) {
      const value = { text: given[name] ?? "" };
      this.variables.set(name, { name, value, exported, at });
      return;
    }
    let value = this.#expand(source, name, withoutName(word));
    if (append === "+" && had !== undefined && !("unknown" in value)) {
      value = "unknown" in had.value ? had.value : { text: had.value.text + value.text };
    }
    this.variables.set(name, { name, value, exported, at });
  }

  #expand(source: SourceText, target: string, { pieces }: Pick<Word, "pieces">): Value {
    return expandPieces(pieces, {
      target,
      lookup: (name) => {
        this.used.add(name);
        return this.variables.get(name)?.value;
      },
      issue: (words, range) => source.issue(words, range),
    });
  }

  #refuse(source: SourceText, { words, assignments }: ShellCommand): false {
    const all = [...assignments, ...words];
    const first = all[0];
    const shown = all.map(({ text }) => text).join(" ");
    const message = `\`${shown}\` would have to be run, and pibuild only reads \`${source.file}\``;
    const hint =
      "write down what it comes to, one NAME=VALUE a line, without commands and conditions";
    const end = all.at(-1)?.pieces.at(-1)?.end;
    const range = first && { ...rangeOf(first), ...(end === undefined ? {} : { end }) };
    this.issues.push(source.issue({ message, hint }, range));
    return false;
  }
}

function rangeOf({ pieces }: Word): { start: number; end: number } {
  return { start: pieces[0]?.start ?? 0, end: pieces.at(-1)?.end ?? 0 };
}

/** The pieces of an assignment behind its `=`. */
function withoutName({ pieces }: Word): Pick<Word, "pieces"> {
  const [first, ...rest] = pieces;
  if (first === undefined) return { pieces };
  const text = first.text.replace(/^[^=]*=/s, "");
  const start = first.start + first.text.length - text.length;
  return { pieces: text === "" ? rest : [{ ...first, text, start }, ...rest] };
}
