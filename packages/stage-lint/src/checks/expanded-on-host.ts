import { basename } from "node:path";
import { parseCommands, unwrap } from "@pibuild/pigen-stages";
import { type ChrootText, chrootTexts } from "../chroot/chroot-texts.ts";
import { systemCommands } from "../chroot/system-commands.ts";
import type { Finding } from "../finding.ts";
import { isHostPath } from "../host/free-paths.ts";
import type { LintCheck } from "./check.ts";

/** What the host expands in a here-document for the image that only the image could know. */
export const checkExpandedOnHost: LintCheck = ({ stage, texts }) =>
  chrootTexts(texts)
    .filter(({ expands }) => expands)
    .flatMap((script) => {
      const place = (index: number) => {
        const before = script.text.slice(0, index).split("\n");
        const column = (before.at(-1)?.length ?? 0) + 1;
        return {
          file: script.file,
          line: script.line + before.length - 1,
          column,
          stage: stage.path,
        };
      };
      return [
        ...expandedVariables(script).map(({ index, text }) => ({
          code: "EXPANDED_ON_HOST" as const,
          ...place(index),
          data: { text },
        })),
        ...substitutions(script.text)
          .filter(asksForSystem)
          .map(({ index, text }) => ({
            code: "ASKED_ON_HOST" as const,
            ...place(index),
            data: { text },
          })),
      ] satisfies Finding[];
    });

interface Piece {
  readonly index: number;
  readonly text: string;
}

const assignment =
  /(?:^|[\s;&|(])(?:for\s+([A-Za-z_]\w*)\s+in\b|read\s+(?:-\S+\s+)*([A-Za-z_]\w*)|([A-Za-z_]\w*)\+?=)/gm;
const expansion = /(?<!\\)\$(?:\{#?([A-Za-z_]\w*)[^}]*\}|([A-Za-z_]\w*)|(\?))/g;

/** Variables that the text itself assigns: the host has another value for them, or none. */
function expandedVariables({ text, host = "" }: ChrootText): Piece[] {
  const code = text.replace(/(?:^|\s)#.*$/gm, (comment) => comment.replace(/\S/g, " "));
  const assigned = new Map<string, number>();
  for (const found of code.matchAll(assignment)) {
    const name = found[1] ?? found[2] ?? found[3] ?? "";
    if (!assigned.has(name)) assigned.set(name, found.index + found[0].length);
  }
  return [...code.matchAll(expansion)].flatMap((found) => {
    const name = found[1] ?? found[2];
    const piece = { index: found.index, text: found[0] };
    if (name === undefined) return [piece];
    const since = assigned.get(name) ?? Number.POSITIVE_INFINITY;
    // `PATH=/x:$PATH` takes the host's on purpose; what stands behind it would not.
    const later = found.index > since && /[;&|\n]/.test(code.slice(since, found.index));
    const ofHost = new RegExp(`(?:^|[\\s;(])(?:for\\s+${name}\\s|${name}\\+?=)`, "m").test(host);
    return later && !ofHost && name !== "PATH" ? [piece] : [];
  });
}

/** Commands that the host runs to write the text. */
function substitutions(text: string): (Piece & { readonly commands: string })[] {
  const pieces: (Piece & { readonly commands: string })[] = [];
  for (const { index } of text.matchAll(/(?<!\\)\$\((?!\()/g)) {
    let depth = 0;
    let end = index + 1;
    for (; end < text.length; end += 1) {
      if (text[end] === "(") depth += 1;
      if (text[end] === ")") depth -= 1;
      if (depth === 0) break;
    }
    const whole = text.slice(index, end + 1);
    pieces.push({ index, text: whole, commands: whole.slice(2, -1) });
  }
  for (const found of text.matchAll(/(?<!\\)`([^`]*)`/g))
    pieces.push({ index: found.index, text: found[0], commands: found[1] ?? "" });
  return pieces.filter(({ index }) => !/(?:^|\s)#[^\n]*$/.test(text.slice(0, index)));
}

function asksForSystem({ commands }: { readonly commands: string }): boolean {
  return parseCommands(commands).some(({ words }) => {
    const [first, ...rest] = unwrap(words);
    if (first === undefined) return words[0]?.text === "command";
    return systemCommands.includes(basename(first.text)) || rest.some(isHostPath);
  });
}
