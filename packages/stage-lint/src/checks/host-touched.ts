import { basename } from "node:path";
import {
  parseCommands,
  type ShellCommand,
  type StageText,
  unwrap,
  type Word,
} from "@pibuild/pigen-stages";
import { hostText } from "../chroot/chroot-texts.ts";
import type { Finding } from "../finding.ts";
import { hostCommands } from "../host/commands.ts";
import { isHostPath } from "../host/free-paths.ts";
import { literalVariables, resolved } from "../host/literal-variables.ts";
import { writtenPaths } from "../host/written-paths.ts";
import type { LintCheck } from "./check.ts";

interface Touch {
  readonly command: string;
  readonly path?: string;
  readonly at: Word;
}

const writes = /^(?:>|>>|>\||&>|&>>|>&|<>)$/;

/** What scripts on the host do to the host. Only what is certain from the text counts. */
export const checkHostTouched: LintCheck = ({ stage, texts }) =>
  texts
    .filter(({ kind, shell }) => (kind === "run" || kind === "prerun") && shell !== undefined)
    .flatMap((script) => findTouches(script, stage.path));

function findTouches({ path: file, text }: StageText, stage: string): Finding[] {
  const own = new Set(
    [...text.matchAll(/^\s*(?:function\s+)?([\w-]+)\s*\(\)/gm)].map(([, n]) => n),
  );
  const variables = literalVariables(hostText(text));
  const known = ({ words, redirections, ...command }: ShellCommand): ShellCommand => ({
    ...command,
    words: words.map((word) => resolved(word, variables)),
    redirections: redirections.map((one) => ({ ...one, target: resolved(one.target, variables) })),
  });
  return parseCommands(text).flatMap((command) =>
    touchesOf(known(command), own).map(({ at, ...data }) => ({
      code: "HOST_TOUCHED" as const,
      file,
      line: at.line,
      column: at.column,
      from: command.line,
      stage,
      data,
    })),
  );
}

/** What one command does, unless its name is a function of the script's own: at most once by itself. */
function touchesOf(
  { words, redirections }: ShellCommand,
  own: ReadonlySet<string | undefined>,
): Touch[] {
  const touches: Touch[] = [];
  const [first, ...rest] = unwrap(words);
  const touch = first === undefined || own.has(first.text) ? undefined : touchOf(first, rest);
  if (touch !== undefined) touches.push(touch);
  for (const { operator, target } of redirections) {
    if (!writes.test(operator) || !isHostPath(target)) continue;
    touches.push({ command: operator, path: target.text, at: target });
  }
  return touches;
}

function touchOf(first: Word, rest: readonly Word[]): Touch | undefined {
  const name = basename(first.text);
  const row = hostCommands.find(({ names }) => names.includes(name));
  if (row === undefined) return undefined;
  if (row.changes !== "system") {
    const at = writtenPaths(row, name, rest).find(isHostPath);
    return at && { command: name, path: at.text, at };
  }
  const texts = rest.map(({ text }) => text);
  if (texts.some((text) => row.unless?.test(text))) return undefined;
  if (row.only === undefined) return { command: name, at: first };
  const verb = texts.find((text) => row.only?.test(text));
  return verb === undefined ? undefined : { command: `${name} ${verb}`, at: first };
}
