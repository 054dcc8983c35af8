import { lstat, readFile, realpath } from "node:fs/promises";
import { join, posix } from "node:path";
import { readNames, sha256 } from "@pibuild/core";
import type { InputEntry } from "@pibuild/layers";
import type { Stage } from "../stage/stage.ts";
import { linkContent, modeOf, statEntry } from "../stage/stat-entry.ts";
import type { Step } from "./step.ts";

/** The files that a step may read, and their text for finding out what else it uses. */
export interface StepFiles {
  readonly entries: readonly InputEntry[];
  readonly texts: readonly string[];
  /** Why the inputs cannot be told, where a script reaches beyond its stage. */
  readonly unknown: string | undefined;
}

/** A script that names these reads what lies beside its own directory. */
const reachesStage = /\bSTAGE_DIR\b|(?<![\w.])\.\.(?!\/\.\.)(?=[/"'\s]|$)/;
/** These lead out of the stage. `..` does so, too, in a prerun.sh, which runs in the stage itself. */
const reachesBeyond =
  /\b(?:BASE_DIR|PREV_STAGE_DIR|EXPORT_CONFIG_DIR|STAGE_LIST)\b|\bdirname\s+["']?\$\{?STAGE_DIR|\bcd\s+\.\.\s*(?:;|&&|\n)\s*cd\s+\.\.|\.\.\/\.\.|(?<!SUB_)STAGE_DIR\}?["']?\/\.\./;
const parentDirectory = /(?<![\w.])\.\.(?=[/"'\s]|$)/;

/** Reads a step's own files, and the stage's shared ones where one of its scripts reaches for them. */
export async function readStepFiles(step: Step): Promise<StepFiles> {
  const { id, stage, directory, actions } = step;
  const isPrerun = directory === stage.path;
  const own = isPrerun
    ? await stageLevel(step, [])
    : await tree(stage, id.slice(stage.name.length + 1));
  const ownTexts = own.flatMap(({ text }) => text ?? []);
  const shared =
    !isPrerun && ownTexts.some((text) => reachesStage.test(text))
      ? await stageLevel(step, ownTexts)
      : [];
  const files = [...own, ...shared];
  const texts = files.flatMap(({ text }) => text ?? []);
  const prerun = isPrerun
    ? own.filter(({ entry }) => actions.some(({ name }) => name === entry.path))
    : [];
  const beyond =
    texts.some((text) => reachesBeyond.test(text)) ||
    prerun.some(({ text = "" }) => parentDirectory.test(text));
  return {
    entries: files.map(({ entry }) => entry),
    texts,
    unknown: beyond ? "a script reads outside its stage (BASE_DIR or ../..)" : undefined,
  };
}

interface FileInput {
  readonly entry: InputEntry;
  readonly text?: string;
}

/**
 * The stage's own files and its directories without actions, such as `files/`; and of the other
 * steps' directories those that a script names.
 */
async function stageLevel({ stage, directory }: Step, texts: readonly string[]) {
  const steps = new Set(
    stage.subStages
      .filter(({ actions, path, name }) => {
        return actions.length > 0 && (path === directory || !texts.some((t) => t.includes(name)));
      })
      .map(({ name }) => name),
  );
  const names = (await readNames(stage.path)).filter((name) => !steps.has(name)).sort();
  const inputs = await Promise.all(names.map((name) => tree(stage, name)));
  return inputs.flat();
}

/**
 * A file of a stage, or all below a directory; `path` is where it lies, which behind a symlink is
 * elsewhere. A relative symlink counts with what it leads to, as scripts read through it; an
 * absolute one is meant for the image. `from` holds the directories above, so that a link to one
 * of them ends there.
 */
async function tree(
  stage: Stage,
  name: string,
  path = join(stage.path, name),
  from: readonly string[] = [],
): Promise<FileInput[]> {
  const { index } = stage;
  const content = await linkContent(path, index);
  if (content !== undefined) {
    const link: FileInput = { entry: { path: name, mode: "0777", type: "symlink", content } };
    const behind = posix.isAbsolute(content) ? undefined : await statEntry(path, index);
    if (behind?.stats.isDirectory())
      return [link, ...(await below(stage, name, behind.path, from))];
    return behind?.stats.isFile()
      ? [link, await file({ path: `${name} (content)`, mode: octal(behind.mode) }, behind.path)]
      : [link];
  }
  const stats = await lstat(path);
  const entry = { path: name, mode: octal(modeOf(path, stats, index)) };
  if (stats.isDirectory()) {
    const directory: FileInput = { entry: { ...entry, type: "directory", content: "" } };
    return [directory, ...(await below(stage, name, path, from))];
  }
  // Reading a FIFO would wait for its writer.
  return stats.isFile() ? [await file(entry, path)] : [];
}

async function file(named: Pick<InputEntry, "path" | "mode">, path: string): Promise<FileInput> {
  const content = await readFile(path);
  const text = content.includes(0) ? {} : { text: content.toString("utf8") };
  return { entry: { ...named, type: "file", content: sha256(content) }, ...text };
}

async function below(
  stage: Stage,
  name: string,
  path: string,
  from: readonly string[],
): Promise<FileInput[]> {
  const real = await realpath(path);
  if (from.includes(real)) return [];
  const children = (await readNames(path)).sort();
  const inputs = children.map((child) =>
    tree(stage, `${name}/${child}`, join(path, child), [...from, real]),
  );
  return (await Promise.all(inputs)).flat();
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
