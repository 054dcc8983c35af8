import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { sha256 } from "@pibuild/core";
import type { InputEntry } from "@pibuild/layers";
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
const reachesWorkspace = /\bBASE_DIR\b|\.\.\/\.\./;

/** Reads a step's own files, and the stage's shared ones where one of its scripts reaches for them. */
export async function readStepFiles(step: Step): Promise<StepFiles> {
  const isPrerun = step.directory === step.stage.path;
  const own = isPrerun ? await stageLevel(step) : await tree(step.stage.path, step.directory);
  const ownTexts = own.flatMap(({ text }) => text ?? []);
  const shared =
    !isPrerun && ownTexts.some((text) => reachesStage.test(text)) ? await stageLevel(step) : [];
  const files = [...own, ...shared];
  const beyond = ownTexts.some((text) => reachesWorkspace.test(text));
  return {
    entries: files.map(({ entry }) => entry),
    texts: files.flatMap(({ text }) => text ?? []),
    unknown: beyond ? "a script reads outside its stage (BASE_DIR or ../..)" : undefined,
  };
}

interface FileInput {
  readonly entry: InputEntry;
  readonly text?: string;
}

/** The stage's own files and its directories without actions, such as `files/`. */
async function stageLevel({ stage }: Step): Promise<FileInput[]> {
  const steps = new Set(
    stage.subStages.filter((sub) => sub.actions.length > 0).map((sub) => sub.name),
  );
  const names = (await readdir(stage.path)).filter((name) => !steps.has(name)).sort();
  const inputs = await Promise.all(names.map((name) => tree(stage.path, join(stage.path, name))));
  return inputs.flat();
}

async function tree(base: string, path: string): Promise<FileInput[]> {
  const stats = await lstat(path);
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, "0");
  const entry = { path: relative(base, path), mode };
  if (stats.isSymbolicLink()) {
    return [{ entry: { ...entry, mode: "0777", type: "symlink", content: await readlink(path) } }];
  }
  if (stats.isDirectory()) {
    const names = (await readdir(path)).sort();
    const below = await Promise.all(names.map((name) => tree(base, join(path, name))));
    return [{ entry: { ...entry, type: "directory", content: "" } }, ...below.flat()];
  }
  const content = await readFile(path);
  const text = content.includes(0) ? {} : { text: content.toString("utf8") };
  return [{ entry: { ...entry, type: "file", content: sha256(content) }, ...text }];
}
