import { basename, join } from "node:path";
import {
  parseCommands,
  type ShellCommand,
  type Stage,
  type StageText,
  unwrap,
  type Word,
} from "@pibuild/pigen-stages";
import { chrootTexts } from "../chroot/chroot-texts.ts";
import type { Finding } from "../finding.ts";
import { hostCommands } from "../host/commands.ts";
import { writtenPaths } from "../host/written-paths.ts";
import type { LintCheck } from "./check.ts";

/** Where pi-gen's on_chroot mounts a file system in memory (pi-gen, scripts/common). */
const inMemory = /^\$(?:ROOTFS_DIR|\{ROOTFS_DIR\})\/*(\/(?:tmp|run))(\/.*)?$/s;
/** These bring a file, and into a directory too. */
const brings = /^(?:cp|mv|ln|rsync|tar|bsdtar|unzip)$/;
/** These make a file, or the directories above one. */
const makes = /^(?:install|tee|touch|mkfifo|curl|wget|gpg|dd)$/;
const writes = /^(?:>|>>|>\||&>|&>>|>&|<>)$/;

/** Files for the image's scripts that the host puts where on_chroot then mounts, until the stage ends. */
export const checkHiddenInChroot: LintCheck = ({ stage, texts }) =>
  beforeMount(stepsOf(stage, texts)).flatMap((step) => {
    const scripts = step.flatMap(({ text }) => text ?? []);
    const reads = [...chrootTexts(scripts).map(({ text }) => text), ...scripts.flatMap(calls)];
    return madeBefore(step).flatMap(({ file, word: { text: path, line, column } }): Finding[] => {
      const [, directory = "", below = "/"] = inMemory.exec(path) ?? [];
      // A name that is not known here is looked for by its directory.
      const name = /[/$*]$|[$`*]/.test(below) ? `${directory}/` : directory + below;
      if (!reads.some((text) => text.includes(name))) return [];
      const data = { path };
      return [{ code: "HIDDEN_IN_CHROOT", file, line, column, stage: stage.path, data }];
    });
  });

interface StepAction {
  /** Whether it runs in the image from its beginning, which mounts. */
  readonly mounts: boolean;
  readonly text?: StageText | undefined;
}

function stepsOf({ path, subStages, prerun }: Stage, texts: readonly StageText[]): StepAction[][] {
  const textOf = (file: string) => texts.find((text) => text.path === file);
  const steps = subStages
    .filter(({ skipped }) => !skipped)
    .map(({ path, actions }) =>
      actions.map(({ kind, name }) => ({
        mounts: kind !== "run" && kind !== "patches",
        text: textOf(join(path, name)),
      })),
    );
  return prerun ? [[{ mounts: false, text: textOf(join(path, "prerun.sh")) }], ...steps] : steps;
}

/** The steps up to the first in which something runs in the image: what later ones make goes into the mounts. */
function beforeMount(steps: readonly StepAction[][]): readonly StepAction[][] {
  const first = steps.findIndex((step) => step.some(entersImage));
  return first === -1 ? steps : steps.slice(0, first + 1);
}

function entersImage({ mounts, text }: StepAction): boolean {
  return mounts || (text?.shell !== undefined && parseCommands(text.text).some(isOnChroot));
}

/** What scripts on the host make there before the step's first mount. */
function madeBefore(step: readonly StepAction[]): { file: string; word: Word }[] {
  const made: { file: string; word: Word }[] = [];
  for (const { mounts, text } of step) {
    if (mounts) break;
    if (text?.shell === undefined) continue;
    const commands = parseCommands(text.text);
    const mount = commands.findIndex(isOnChroot);
    const words = commands.slice(0, mount === -1 ? undefined : mount).flatMap(madeBy);
    made.push(...words.map((word) => ({ file: text.path, word })));
    if (mount !== -1) break;
  }
  return made;
}

function madeBy({ words, redirections }: ShellCommand): Word[] {
  const [first, ...rest] = unwrap(words);
  const name = basename(first?.text ?? "");
  const row = hostCommands.find(({ names }) => names.includes(name));
  const into = redirections.filter(({ operator }) => writes.test(operator));
  const paths = row === undefined ? [] : writtenPaths(row, name, rest);
  return [
    ...paths.filter(({ text }) => brings.test(name) && inMemory.test(text)),
    ...[...(makes.test(name) ? paths : []), ...into.map(({ target }) => target)].filter(
      ({ text }) => inMemory.exec(text)?.[2] !== undefined,
    ),
  ];
}

function isOnChroot({ words }: ShellCommand): boolean {
  return unwrap(words)[0]?.text === "on_chroot";
}

/** What on_chroot is given on its own line. */
function calls({ kind, shell, text }: StageText): string[] {
  if (kind === "run-chroot" || shell === undefined) return [];
  const commands = parseCommands(text).filter(isOnChroot);
  return commands.map(({ words }) => words.map((word) => word.text).join(" "));
}
