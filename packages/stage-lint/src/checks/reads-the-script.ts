import { basename } from "node:path";
import { parseCommands, type ShellCommand, unwrap, type Word } from "@pibuild/pigen-stages";
import { type ChrootText, chrootTexts } from "../chroot/chroot-texts.ts";
import type { Finding } from "../finding.ts";
import type { LintCheck } from "./check.ts";

/** Commands that read from the standard input, which is the script itself. */
export const checkReadsTheScript: LintCheck = ({ stage, texts }) =>
  chrootTexts(texts).flatMap((script) => findReaders(script, stage.path));

function findReaders({ file, text, line, expands }: ChrootText, stage: string): Finding[] {
  // What the host leaves of the text; lines stay what they are.
  const script = expands ? text.replace(/\\([$`\\])/g, "$1") : text;
  return parseCommands(script).flatMap((command) => {
    const data = readerIn(command);
    const { line: at } = command;
    return data === undefined
      ? []
      : [{ code: "READS_THE_SCRIPT" as const, file, line: line + at - 1, stage, data }];
  });
}

function readerIn({ words, redirections, piped }: ShellCommand) {
  if (piped || redirections.some(({ operator }) => operator.startsWith("<"))) return undefined;
  const [first, ...rest] = unwrap(words);
  if (first === undefined) return rootShell(words);
  const name = basename(first.text);
  const texts = rest.map(({ text }) => text);
  const command = [name, ...texts].join(" ");
  const has = (option: RegExp) => texts.some((text) => option.test(text));
  if (name === "newgrp") return { command, how: "shell" as const };
  if (name === "su" || name === "sg")
    return has(/^(?:-\w*c|--command\b)/) || (name === "sg" && texts.length > 1)
      ? undefined
      : { command, how: "shell" as const };
  if (["bash", "sh", "dash", "zsh"].includes(name))
    return texts.every((text) => /^-[elux]+$/.test(text))
      ? { command, how: "shell" as const }
      : undefined;
  if (!["apt", "apt-get", "aptitude"].includes(name)) return undefined;
  const verb = texts.find((text) => asking.test(text));
  return verb === undefined || has(answered)
    ? undefined
    : { command: `${name} ${verb}`, how: "question" as const };
}

const asking =
  /^(?:install|remove|purge|upgrade|(?:dist|full|safe)-upgrade|auto-?remove|build-dep|reinstall)$/;
/** apt-get(8): these answer, or do nothing that is asked about. */
const answered =
  /^(?:-\w*[ysd]\w*|-\w*q\w*q\w*|-q=\d|--(?:yes|assume-yes|assume-no|force-yes|simulate|just-print|dry-run|recon|no-act|download-only|print-uris|quiet=\d)|.*Assume-Yes.*)$/;

/** `sudo -i` and `sudo -s` without a command. */
function rootShell(words: readonly Word[]) {
  const texts = words.map(({ text }) => text);
  const isShell = texts[0] === "sudo" && texts.slice(1).some((text) => /^-\w*[is]/.test(text));
  return isShell ? { command: texts.join(" "), how: "shell" as const } : undefined;
}
